#![expect(clippy::unwrap_in_result, reason = "here a panic is a failed test")]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

use super::filter;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What of the same few lines is logged at this level.
fn logged(level: &str) -> Vec<String> {
    let lines = Lines::default();
    let writer = lines.clone();
    let layer = fmt::layer()
        .with_writer(move || writer.clone())
        .without_time();
    let layer = layer.with_filter(filter(level).unwrap());
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || {
        tracing::error!(target: "rmcp::service", "rmcp-error");
        tracing::warn!(target: "rmcp::service", "rmcp-warn");
        tracing::info!(target: "rmcp", "rmcp-info");
        tracing::debug!(target: "rmcp::service", "rmcp-debug");
        tracing::trace!(target: "rmcp::transport::tower", "rmcp-trace");
        tracing::debug!(target: "hyper::proto", "other-debug");
        tracing::warn!(target: "vaultpilot_app", "ours-warn");
        tracing::debug!(target: "vaultpilot_app", "ours-debug");
    });
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let word = |line: &str| line.split_whitespace().last().unwrap().to_owned();
    text.lines().map(word).collect()
}

#[test]
fn of_rmcp_only_errors_are_logged_unless_it_is_named() {
    assert_eq!(logged("warn"), ["rmcp-error", "ours-warn"]);
    for level in ["debug", "trace"] {
        let expected = ["rmcp-error", "other-debug", "ours-warn", "ours-debug"];
        assert_eq!(logged(level), expected, "{level}");
    }
    assert_eq!(logged("off"), ["rmcp-error"]);
    assert_eq!(logged("rmcp=off"), Vec::<String>::new());
}

#[test]
fn requests_in_rmcp_are_not_logged_whatever_is_asked_for() {
    for level in [
        "rmcp=trace",
        "rmcp=debug,rmcp::service=trace",
        "off,rmcp=info",
        "[{progress_token}]=trace,rmcp=trace",
    ] {
        assert_eq!(logged(level), ["rmcp-error", "rmcp-warn"], "{level}");
    }
    let expected = [
        "rmcp-error",
        "rmcp-warn",
        "other-debug",
        "ours-warn",
        "ours-debug",
    ];
    assert_eq!(logged("trace,rmcp=trace"), expected);
}

#[test]
fn a_level_that_is_none_is_an_error() {
    assert!(filter("loud=verbose").is_err());
}
