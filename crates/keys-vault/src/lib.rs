#![doc = include_str!("../README.md")]

mod address;
mod ciphertext;
mod context;
mod credential;
mod http;
mod json;
mod key;
mod line;
mod login;
mod options;
mod path;
mod refusal;
mod roots;
mod session;
mod sessions;
mod transit;

pub use options::{VaultAuth, VaultOptions, VaultOptionsError};
pub use path::PathError;
pub use roots::{VaultRoots, VaultUnwrapper, VaultWrapper};
