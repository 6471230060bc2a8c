//! What transit gives: `vault:v3:` and base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longer than a wrapped seed is in any format of Vault's.
const LONGEST: usize = 1024;
/// A nonce, 32 bytes, a tag.
const LEAST: usize = 12 + 32 + 16;

/// In the one spelling that Vault itself writes. Vault reads others too (`v0` for `v1`); whoever has
/// altered a ciphertext must not have one that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ciphertext<'a> {
    text: &'a str,
    version: u32,
}

impl<'a> Ciphertext<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() > LONGEST {
            return None;
        }
        let text = std::str::from_utf8(bytes).ok()?;
        let (number, sealed) = text.strip_prefix("vault:v")?.split_once(':')?;
        let version = number.parse::<u32>().ok()?;
        let canonical = version > 0 && version.to_string() == number;
        let long_enough = STANDARD.decode(sealed).ok()?.len() >= LEAST;
        (canonical && long_enough).then_some(Self { text, version })
    }

    pub(crate) fn text(self) -> &'a str {
        self.text
    }

    /// How the key, and its version that did it, are named: `vault:<mount>/<key>:v<version>`.
    pub(crate) fn root(self, mount: &str, key: &str) -> String {
        format!("vault:{mount}/{key}:v{}", self.version)
    }
}

#[cfg(test)]
mod tests;
