//! The one HTTP client of the command line.

use std::time::Duration;

/// A client that follows no redirect and asks no proxy: a key must not travel further than the
/// address it was meant for.
pub(crate) fn client(answer_within: Option<Duration>) -> Result<reqwest::Client, reqwest::Error> {
    // Somebody in this process may have chosen the same one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("vaultpilot/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(5))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    match answer_within {
        Some(time) => builder.timeout(time).build(),
        None => builder.build(),
    }
}
