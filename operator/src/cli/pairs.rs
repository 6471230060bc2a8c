//! `key=value,key=value` on the command line.

use crate::settings::{ChainFacts, Labels};

pub(super) fn labels(text: &str) -> Result<Labels, String> {
    text.split(',')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            pair.split_once('=')
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .ok_or_else(|| format!("{pair} is not key=value"))
        })
        .collect()
}

/// `eip155:31337={"name":"Local","currency":"ETH"}`
pub(super) fn facts(text: &str) -> Result<(String, ChainFacts), String> {
    let (chain, facts) = chain(text)?;
    let facts = serde_json::from_str(&facts)
        .map_err(|error| format!("what {chain} is called is no JSON of it: {error}"))?;
    Ok((chain, facts))
}

/// `eip155:8453=https://…`; the same chain may come several times.
pub(super) fn chain(text: &str) -> Result<(String, String), String> {
    let (chain, url) = text
        .split_once('=')
        .ok_or_else(|| format!("{text} is not CHAIN=URL"))?;
    chain
        .parse::<vaultpilot_core::ChainId>()
        .map_err(|_| format!("{chain} is no chain such as eip155:8453"))?;
    Ok((chain.to_owned(), url.to_owned()))
}
