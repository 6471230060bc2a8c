//! What nodes say to a broadcast, sorted.

use serde::{Deserialize, Serialize};

/// The class of a node's answer to `eth_sendRawTransaction`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The node took it.
    Accepted,
    /// The node already had these very bytes.
    AlreadyKnown,
    /// The nonce is used: by us or by somebody else, only a look-up can tell.
    NonceTooLow,
    /// Another transaction holds this nonce at a higher price.
    Underpriced,
    /// The node refused and says so; it may still have it from another peer.
    Rejected,
    /// A time-out, a cut connection, words nobody knows.
    Unclear,
}

/// Classes differ in words per client (geth, anvil, erigon, nethermind, reth).
const PATTERNS: &[(&str, Answer)] = &[
    ("already known", Answer::AlreadyKnown),
    ("already imported", Answer::AlreadyKnown),
    ("alreadyknown", Answer::AlreadyKnown),
    ("known transaction", Answer::AlreadyKnown),
    ("nonce too low", Answer::NonceTooLow),
    ("nonce is too low", Answer::NonceTooLow),
    ("oldnonce", Answer::NonceTooLow),
    ("underpriced", Answer::Underpriced),
    ("fee too low", Answer::Underpriced),
    ("less than block base fee", Answer::Rejected),
    ("insufficient funds", Answer::Rejected),
    ("intrinsic gas too low", Answer::Rejected),
    ("exceeds block gas limit", Answer::Rejected),
    ("invalid sender", Answer::Rejected),
    ("invalid chain id", Answer::Rejected),
];

/// Sorts a node's error message.
pub fn classify(message: &str) -> Answer {
    let message = message.to_ascii_lowercase();
    PATTERNS
        .iter()
        .find(|(pattern, _)| message.contains(pattern))
        .map_or(Answer::Unclear, |(_, answer)| *answer)
}
