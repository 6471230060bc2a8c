use std::sync::atomic::{AtomicU8, Ordering};

use super::*;

struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(37, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_key_checks_itself() {
    let entropy = Counting(AtomicU8::new(1));
    let key = KeySecret::generate(false, &entropy);
    let text = key.expose();
    assert!(is_well_formed(text), "{text}");
    assert!(text.starts_with("vp_test_") && text.len() == 36);
    for at in 8..text.len() {
        let mut typo = text.to_owned().into_bytes();
        typo[at] = if typo[at] == b'a' { b'b' } else { b'a' };
        assert!(
            !is_well_formed(std::str::from_utf8(&typo).unwrap()),
            "position {at}"
        );
    }
    assert!(!is_well_formed("vp_test_") && !is_well_formed(""));
}

#[test]
fn hashes_depend_on_pepper_domain_and_binding() {
    let pepper = Pepper::new([1; 32]);
    let hash = pepper.hash("code", b"apr", b"123456");
    assert_eq!(hash, pepper.hash("code", b"apr", b"123456"));
    assert_ne!(hash, pepper.hash("code", b"apr2", b"123456"));
    assert_ne!(hash, pepper.hash("api-key", b"apr", b"123456"));
    assert_ne!(hash, pepper.hash("code", b"ap", b"r123456"));
    assert_ne!(hash, Pepper::new([2; 32]).hash("code", b"apr", b"123456"));
}

#[test]
fn codes_are_six_digits() {
    let code = one_time_code(&Counting(AtomicU8::new(9)));
    let text = code.expose_secret();
    assert!(text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()));
}
