#![doc = include_str!("../README.md")]

pub mod cluster;
pub mod context;
pub mod deletion;
pub mod error;
pub mod finalizer;
pub mod mark;
pub mod moment;
pub mod name;
pub mod piece;
pub mod plane;
pub mod reason;
pub mod settings;
pub mod status;
pub mod tenant;
pub mod truth;
pub mod verify;
