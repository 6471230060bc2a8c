//! The gRPC door of the hosted edition: tenants' pods and the operator.
//!
//! A call passes, in this order: TLS 1.3, the gate (whose workload is it, may it call this method,
//! is there a turn), the call context (which caller, is its key still good), and only then its
//! message is read. The tenant of a call is the pod's own, whatever a message says.

mod access;
mod answer;
mod gate;
mod incoming;
mod resource;
mod runtime;
mod server;
mod strategy;
mod tls;
mod turns;

pub use access::{Access, TABLE, access};
pub use gate::{Gate, Operator, Pod, Porter};
pub use server::{Door, Services};
pub use tls::{Tls, TlsError, certificates};
