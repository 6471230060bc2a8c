//! The Wallet: an address at the control API, and the limits written beside it.

mod document;
mod reconcile;
mod report;
mod validate;

pub use document::{DocumentFault, document, name_of_document};
pub use reconcile::reconcile;
pub use validate::{Invalid, ValidWallet, validate};
