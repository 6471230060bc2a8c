//! The Tenant: a namespace, its borders, and the pods behind them.

pub mod apply;
pub mod build;
pub mod census;
pub mod delete;
pub mod dereference;
pub mod endpoint;
pub mod facts;
pub mod invalid;
pub mod pods;
pub mod reconcile;
pub mod valid;
pub mod validate;
