//! The runtime of one tenant as a process of its own: the same MCP surface, with the control plane
//! at the other end of a wire.
//!
//! It holds no key, no database and no secret but the pod's projected token. It decides nothing:
//! while the control plane is away it reads on from what that said last, and writes nothing.

mod away;
mod chain;
mod drain;
mod driver;
mod error;
mod house;
mod keeper;
mod known;
mod owed;
mod pace;
mod probe;
mod process;
mod steady;

pub use error::HostedError;
pub use process::{Ended, run};
