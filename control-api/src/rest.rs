//! One file a resource.

pub(crate) mod approval;
pub(crate) mod backup;
pub(crate) mod custody;
pub(crate) mod event;
pub(crate) mod health;
pub(crate) mod key;
pub(crate) mod openapi;
pub(crate) mod policy;
pub(crate) mod status;
pub(crate) mod strategy;
pub(crate) mod transaction;
pub(crate) mod wallet;
pub(crate) mod whoami;

mod input;

pub(crate) use input::Asked;
