use std::io::Read as _;

use age::armor::ArmoredReader;
use vaultpilot_testkit::SeededEntropy;

use super::*;

fn identity() -> (age::x25519::Identity, [u8; 32]) {
    let identity = age::x25519::Identity::generate();
    let text = identity.to_public().to_string();
    let (_, public) = bech32::decode(&text).unwrap();
    (identity, public.try_into().unwrap())
}

fn opened(file: &str, identity: &age::x25519::Identity) -> Option<Vec<u8>> {
    let file = age::Decryptor::new_buffered(ArmoredReader::new(file.as_bytes())).ok()?;
    let mut reader = file.decrypt(std::iter::once(identity as _)).ok()?;
    let mut text = Vec::new();
    reader.read_to_end(&mut text).ok()?;
    Some(text)
}

/// The reader of `age` itself says that these are its files, also where a line of armour is full.
#[test]
fn age_opens_what_is_written() {
    let (mine, public) = identity();
    let (other, _) = identity();
    let entropy = SeededEntropy::new(1);
    for length in (1..130).chain([CHUNK]) {
        let text = vec![b'7'; length];
        let mut buffer = text.clone();
        let file = write(&mut buffer, public, &entropy).unwrap();
        assert_ne!(buffer, text, "encrypted where it lay");
        assert!(file.lines().all(|line| line.len() <= LINE));
        assert_eq!(opened(&file, &mine), Some(text), "{length}");
        assert_eq!(opened(&file, &other), None);
    }
}

#[test]
fn no_two_files_are_one() {
    let (_, public) = identity();
    let entropy = SeededEntropy::new(1);
    let write = || write(&mut [7; 66], public, &entropy).unwrap();
    assert_ne!(write(), write());
}

#[test]
fn nothing_is_sealed_to_everybody() {
    let entropy = SeededEntropy::new(1);
    let mut low = [0u8; 32];
    for first in [0, 1] {
        low[0] = first;
        let refused = write(&mut [7; 66], low, &entropy);
        assert_eq!(refused, Err(SealError::Recipient));
    }
    let (_, public) = identity();
    for mut wrong in [Vec::new(), vec![7; CHUNK + 1]] {
        let refused = write(&mut wrong, public, &entropy);
        assert_eq!(refused, Err(SealError::Failed));
    }
}
