//! The Tenant: a namespace, its borders, and the pods behind them.

pub mod build;
pub mod facts;
pub mod invalid;
pub mod valid;
pub mod validate;
