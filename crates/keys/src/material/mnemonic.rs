//! A private key out of a BIP-39 mnemonic, by a BIP-32 path.

use std::borrow::Cow;

use bip32::{DerivationPath, XPrv};
use bip39::{Language, Mnemonic};
use vaultpilot_secret::{Secret, erase};
use zeroize::{Zeroize as _, Zeroizing};

use super::{MaterialError, checked};

/// The first account of Ethereum (BIP-44).
pub const DEFAULT_PATH: &str = "m/44'/60'/0'/0/0";

/// 24 words are at most 215 letters and spaces; people wrap lines and indent.
const MAX_WORDS: usize = 1024;
const MAX_PASSPHRASE: usize = 1024;
const MAX_PATH: usize = 128;

/// Reads English words and derives the key at `path`. Upper case is taken as lower case.
///
/// # Errors
/// What is wrong with the words or the path; never the words themselves.
pub fn from_mnemonic(words: &str, passphrase: &str, path: &str) -> Result<Secret, MaterialError> {
    let path = read_path(path)?;
    bounded("mnemonic", words, MAX_WORDS)?;
    bounded("passphrase", passphrase, MAX_PASSPHRASE)?;
    erase::after(|| {
        let words = Zeroizing::new(words.to_ascii_lowercase());
        let mnemonic = read_words(&words)?;
        let passphrase = Normal::of(passphrase);
        let seed = Zeroizing::new(mnemonic.to_seed_normalized(&passphrase.0));
        derive(seed.as_slice(), &path)
    })
}

fn read_words(words: &str) -> Result<Zeroizing<Mnemonic>, MaterialError> {
    let words = Normal::of(words);
    let read = Mnemonic::parse_in_normalized(Language::English, &words.0);
    read.map(Zeroizing::new).map_err(|error| match error {
        bip39::Error::BadWordCount(count) => MaterialError::WordCount { count },
        bip39::Error::UnknownWord(index) => MaterialError::UnknownWord {
            position: index.saturating_add(1),
        },
        _ => MaterialError::Checksum,
    })
}

/// `h` and `H` harden as `'` does.
fn read_path(path: &str) -> Result<DerivationPath, MaterialError> {
    bounded("path", path, MAX_PATH)?;
    let path = path.trim_ascii().replace(['h', 'H'], "'");
    path.parse().map_err(|_| MaterialError::Path)
}

fn derive(seed: &[u8], path: &DerivationPath) -> Result<Secret, MaterialError> {
    let key = XPrv::derive_from_path(seed, path).map_err(|_| MaterialError::NotAKey)?;
    let mut secret = Secret::empty();
    let bytes = Zeroizing::new(key.to_bytes());
    secret.bytes_mut().copy_from_slice(bytes.as_slice());
    checked(secret)
}

fn bounded(what: &'static str, text: &str, max: usize) -> Result<(), MaterialError> {
    if text.len() > max {
        return Err(MaterialError::TooLong { what, max });
    }
    Ok(())
}

/// Text in the normal form of BIP-39 (NFKD), erased if it had to be made.
struct Normal<'a>(Cow<'a, str>);

impl<'a> Normal<'a> {
    fn of(text: &'a str) -> Self {
        let mut text = Cow::Borrowed(text);
        Mnemonic::normalize_utf8_cow(&mut text);
        Self(text)
    }
}

impl Drop for Normal<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.0 {
            text.zeroize();
        }
    }
}

#[cfg(test)]
mod tests;
