#![doc = include_str!("../README.md")]

pub mod client;
pub mod fault;
mod method;
pub mod pb;
pub mod wire;

pub use method::{Method, methods};
pub use pb::FILE_DESCRIPTOR_SET;
pub use wire::{Ask, Wire, WireError, required};

// Servers are built with these; no other crate names them in its manifest.
pub use prost;
pub use prost_types;
pub use tonic;
pub use tonic_health;
pub use tonic_reflection;
pub use tonic_types;
