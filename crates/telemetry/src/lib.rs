#![doc = include_str!("../README.md")]

mod label;
mod log;
mod metrics;
mod notice;
mod operator;
mod runtime;

pub use log::{LogError, LogShape, init_tracing};
pub use metrics::{CONTENT_TYPE, Metrics};
pub use operator::OperatorMetrics;
pub use runtime::RuntimeMetrics;
