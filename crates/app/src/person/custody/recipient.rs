//! Age recipients as text: `age1…`.

use alloy_primitives::hex;
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use sha2::{Digest as _, Sha256};

const PREFIX: &str = "age";

/// The recipient of an X25519 public key.
pub(crate) fn text(key: &[u8; 32]) -> String {
    // A valid prefix and 32 bytes are far below any limit of the encoding.
    let encoded = Hrp::parse(PREFIX)
        .ok()
        .and_then(|prefix| bech32::encode::<Bech32>(prefix, key).ok());
    encoded.unwrap_or_default()
}

/// Whether a text is a recipient that a key can be sealed to.
pub(crate) fn is_one(text: &str) -> bool {
    CheckedHrpstring::new::<Bech32>(text)
        .is_ok_and(|parsed| parsed.hrp().as_str() == PREFIX && parsed.byte_iter().count() == 32)
}

/// Short enough to be compared aloud.
pub(crate) fn fingerprint(key: &[u8; 32]) -> String {
    let digest = Sha256::digest(key);
    let short: Vec<u8> = digest.iter().copied().take(8).collect();
    format!("sha256:{}", hex::encode(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_a_recipient_and_a_typing_mistake_is_none() {
        let written = text(&[7; 32]);
        assert!(written.starts_with("age1") && is_one(&written), "{written}");
        let flipped = written.replacen('q', "p", 1);
        for bad in [
            flipped.as_str(),
            "",
            "age1",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        ] {
            assert!(!is_one(bad), "{bad}");
        }
    }

    /// From the specification of age (X25519 recipients).
    #[test]
    fn a_recipient_of_the_specification_is_one() {
        assert!(is_one(
            "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
        ));
    }
}
