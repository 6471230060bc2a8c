#![doc = include_str!("../README.md")]

mod arena;
pub mod erase;
mod page;
mod protection;
mod secret;

pub use protection::{Protection, protection};
pub use secret::Secret;

#[cfg(test)]
mod tests;
