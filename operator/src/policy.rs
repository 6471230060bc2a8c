//! The Policy: a document that the control API judges by.

mod document;
mod reconcile;

pub use document::document;
pub use reconcile::reconcile;
