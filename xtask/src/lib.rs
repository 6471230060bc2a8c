#![doc = include_str!("../README.md")]

pub mod command;
pub mod error;

pub mod arrows;
pub mod bench;
pub mod cluster;
pub mod codegen;
pub mod docs;
pub mod e2e;
pub mod fetch;
pub mod image;
pub mod sizes;
pub mod test;
pub mod up;

mod build;
mod checkout;
mod process;
