//! The Strategy: payments by a schedule, which the tenant's runtime drives at the control API.

mod reconcile;
mod report;
mod validate;

pub use reconcile::reconcile;
pub use validate::{Invalid, validate};
