//! API keys: `vp_{live|test}_{22 base62}{6 base62 CRC-32}`, stored as an HMAC under the pepper.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use vaultpilot_core::Entropy;
use vaultpilot_ports::store::SecretHash;
use zeroize::Zeroizing;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM: usize = 22;
const CHECK: usize = 6;

/// The house's secret that stored hashes are made with. Without it a stolen database tells nothing.
pub struct Pepper(Zeroizing<[u8; 32]>);

impl Pepper {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// HMAC-SHA-256 over a domain, a binding and the secret.
    pub(crate) fn hash(&self, domain: &str, binding: &[u8], secret: &[u8]) -> SecretHash {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0[..]).expect("HMAC takes any key");
        for part in [domain.as_bytes(), binding, secret] {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        SecretHash(mac.finalize().into_bytes().into())
    }

    pub(crate) fn hash_api_key(&self, secret: &str) -> SecretHash {
        self.hash("api-key", b"", secret.as_bytes())
    }
}

/// A fresh key, shown once.
pub struct KeySecret(SecretString);

impl KeySecret {
    /// Makes a key. `live` keys are for networks with real money.
    pub fn generate(live: bool, entropy: &dyn Entropy) -> Self {
        let random = base62(RANDOM, entropy);
        let kind = if live { "live" } else { "test" };
        Self(SecretString::from(format!(
            "vp_{kind}_{random}{}",
            check(&random)
        )))
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What people may recognise it by later.
    pub fn prefix(&self) -> String {
        self.expose().chars().take(12).collect()
    }
}

/// Whether a text has the form and checksum of a key: spares the store typing mistakes.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let Some(rest) = text
        .strip_prefix("vp_live_")
        .or_else(|| text.strip_prefix("vp_test_"))
    else {
        return false;
    };
    rest.len() == RANDOM + CHECK
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
        && rest.split_at(RANDOM).1 == check(rest.split_at(RANDOM).0)
}

fn check(random: &str) -> String {
    let mut rest = crc32fast::hash(random.as_bytes());
    let mut text = [b'0'; CHECK];
    for digit in text.iter_mut().rev() {
        *digit = ALPHABET[usize::try_from(rest % 62).unwrap_or_default()];
        rest /= 62;
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Uniform base62: bytes above the largest multiple of 62 are drawn again.
fn base62(length: usize, entropy: &dyn Entropy) -> String {
    let mut text = String::with_capacity(length);
    let mut bytes = Zeroizing::new([0u8; 64]);
    while text.len() < length {
        entropy.fill(&mut bytes[..]);
        let fitting = bytes.iter().filter(|byte| **byte < 248);
        text.extend(
            fitting
                .map(|byte| char::from(ALPHABET[usize::from(*byte % 62)]))
                .take(length - text.len()),
        );
    }
    text
}

/// Digits of a one-time code.
pub(crate) fn one_time_code(entropy: &dyn Entropy) -> SecretString {
    let mut digits = String::with_capacity(6);
    let mut bytes = Zeroizing::new([0u8; 32]);
    while digits.len() < 6 {
        entropy.fill(&mut bytes[..]);
        let fitting = bytes.iter().filter(|byte| **byte < 250);
        digits.extend(
            fitting
                .map(|byte| char::from(b'0' + byte % 10))
                .take(6 - digits.len()),
        );
    }
    SecretString::from(digits)
}

#[cfg(test)]
mod tests;
