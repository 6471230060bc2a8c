//! `Fault` as a gRPC status and back, without loss.

mod decision;
mod read;
mod write;

use std::collections::HashMap;

pub use read::from_status;
pub use write::{context_over, to_status, workload_refused};

/// Whose reasons these are.
pub const DOMAIN: &str = "vaultpilot.io";
/// The workload's own identity was not believed, or is not that of this tenant.
pub const WORKLOAD_REFUSED: &str = "workload_refused";
/// The call context is unknown, over or of somebody else: authenticate again.
pub const CONTEXT_OVER: &str = "context_over";
/// The control plane cannot be reached, or did not answer in time.
pub const CONTROL_PLANE_UNAVAILABLE: &str = "control_plane_unavailable";

/// The metadata of an `ErrorInfo`: which fault it is, and its facts.
type Facts = HashMap<String, String>;

/// Names the variant, because two of them may have the same code.
const FAULT: &str = "fault";

#[cfg(test)]
mod tests;
