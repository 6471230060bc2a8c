//! The ports over gRPC: for runtimes and for the operator.

mod context;
mod control_plane;
mod endpoint;
mod link;
mod resource_plane;
mod snapshot;
mod strategy_plane;
mod token;

pub use control_plane::{RemoteControlPlane, Retention};
pub use endpoint::{Endpoint, EndpointError, IdentityFiles};
pub use link::Link;
pub use resource_plane::RemoteResourcePlane;
pub use snapshot::{Change, SnapshotStream};
pub use strategy_plane::RemoteStrategyPlane;

use vaultpilot_ports::Fault;

use crate::WireError;

/// For clients: the other side says something the contract does not. Whether the call took effect
/// is not known, so this is no invitation to try again.
fn unreadable(error: &WireError) -> Fault {
    Fault::Internal {
        reference: format!("answer of the control plane cannot be read: {error}"),
    }
}
