#![doc = include_str!("../README.md")]

mod answer;
mod argument;
mod as_of;
pub mod command;
mod door;
mod error;
pub mod hosted;
mod machine;
mod metadata;
mod observe;
mod prompt;
mod resource;
mod router;
mod runtime;
mod serve;
mod server;
mod tool;

pub use observe::{CallObserver, CallRecord};
pub use router::router;
#[cfg(feature = "conformance")]
pub use router::router_with;
pub use runtime::{Limits, PublicUrl, PublicUrlError, Runtime};
pub use serve::{Listening, serve};
pub use tool::tool_list;
