//! What transit means when it refuses.

use serde::Deserialize;
use vaultpilot_ports::keys::KeyError;

use crate::http::Answer;
use crate::json;
use crate::key::{Action, Key};
use crate::line::Line;

/// Vault has one status for all of them; only its words differ. They are looked for and never
/// passed on, because words of a server could repeat what was sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// Wrong context, or altered: whoever made it did not make it like this.
    NotOpened,
    /// The key is derived, and the context was left out.
    NoContext,
    /// A version of the key that is no longer allowed.
    TooOld,
    Deleted,
    NoKey,
    /// A key for signatures, for example.
    WrongKind,
    Others,
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<String>,
}

impl Words {
    pub(crate) fn of(answer: &Answer) -> Self {
        let errors = json::read::<Errors>(&answer.body).map(|body| body.errors);
        let text = errors.unwrap_or_default().join("\n").to_ascii_lowercase();
        let says = |words: &str| text.contains(words);
        match () {
            () if says("message authentication failed") || says("invalid ciphertext") => {
                Self::NotOpened
            }
            () if says("missing 'context' for key derivation") => Self::NoContext,
            () if says("disallowed by policy (too old)") => Self::TooOld,
            () if says("soft-deleted key") => Self::Deleted,
            () if says("encryption key not found") => Self::NoKey,
            () if says("not supported for key type") => Self::WrongKind,
            () => Self::Others,
        }
    }
}

pub(crate) fn error(line: &Line, key: &Key<'_>, action: Action, answer: &Answer) -> KeyError {
    let path = key.path(action);
    let denied = |why: &str| KeyError::Denied {
        detail: format!("vault refuses {path}: {why}"),
    };
    let disabled = |why: &str| KeyError::Disabled {
        detail: format!("{}: {why}", key.shown()),
    };
    match (answer.status, Words::of(answer)) {
        (400, Words::NotOpened) => KeyError::NotUnwrapped,
        (400, Words::TooOld) => disabled("its min_decryption_version is above what is needed"),
        (400, Words::Deleted) => disabled("it is soft-deleted"),
        (400, Words::NoKey) => denied("there is no such key"),
        (400, Words::WrongKind) => denied("the key is of a kind that does not encrypt"),
        (403, _) => denied("the policy has to allow update on it, and the token must not be over"),
        (404 | 405, _) => denied("no transit engine is mounted there, or the namespace is another"),
        (429, _) => KeyError::Throttled,
        (status, _) => line.unavailable(&format!("answered {path} with status {status}")),
    }
}

#[cfg(test)]
mod tests;
