//! The log: to standard error, once.

use std::io::IsTerminal as _;

use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Filter, SubscriberExt as _};
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

/// The crate that speaks MCP, and its parts.
const RMCP: &str = "rmcp";

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
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match shape {
        LogShape::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .boxed(),
        LogShape::Text => lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .boxed(),
    };
    let lines = lines.with_filter(filter(level)?);
    tracing_subscriber::registry().with(lines).try_init()?;
    Ok(())
}

/// What `level` lets through, without what rmcp must not tell.
///
/// At debug rmcp writes down whole requests and answers: whom a wallet pays, how much, every memo.
/// So nothing of it below a warning is ever logged, whatever is asked for. And its warnings only
/// for who asks for them by its name: each error that a client is told is one.
fn filter(level: &str) -> Result<impl Filter<Registry> + use<>, LogError> {
    let mut wanted = EnvFilter::builder().parse(level)?;
    if !level.contains(RMCP) {
        wanted = wanted.add_directive("rmcp=error".parse()?);
    }
    // As directives do: `rmcp` is every target that begins so.
    let harmless =
        filter_fn(|line| !line.target().starts_with(RMCP) || *line.level() <= LevelFilter::WARN);
    Ok(wanted.and(harmless))
}

#[cfg(test)]
mod tests;
