//! The log: to standard error, once.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogShape {
    Text,
    Json,
}

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("log level is neither error, warn, info, debug, trace nor a list of directives")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    #[error("log is already being written")]
    Taken(#[from] TryInitError),
}

/// Starts the log. Standard output is never written to: it belongs to data.
///
/// # Errors
/// When the level cannot be read, or somebody has started a log already.
pub fn init_tracing(level: &str, shape: LogShape) -> Result<(), LogError> {
    let filter = EnvFilter::builder().parse(level)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match shape {
        LogShape::Json => {
            builder
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .finish()
                .try_init()?;
        }
        LogShape::Text => {
            let colour = std::io::stderr().is_terminal();
            builder
                .with_ansi(colour)
                .with_target(false)
                .finish()
                .try_init()?;
        }
    }
    Ok(())
}
