//! Rows of both databases: how they are written, and how they are read back.

pub(crate) mod api_key;
pub(crate) mod approval;
pub(crate) mod audit;
pub(crate) mod intent;
pub(crate) mod kek;
pub(crate) mod key_task;
pub(crate) mod lease;
pub(crate) mod payment;
pub(crate) mod policy;
pub(crate) mod reservation;
pub(crate) mod run;
pub(crate) mod strategy;
pub(crate) mod tenant;
pub(crate) mod wallet;
pub(crate) mod wallet_key;
