#![doc = include_str!("../README.md")]

pub mod mark;
pub mod name;
pub mod piece;
pub mod reason;
pub mod settings;
pub mod tenant;
