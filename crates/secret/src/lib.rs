#![doc = include_str!("../README.md")]

pub mod erase;
mod secret;

pub use secret::Secret;
