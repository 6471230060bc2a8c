use std::sync::Mutex;

use vaultpilot_testkit::SeededEntropy;

use super::*;

/// Gives what it is told, then randomness.
struct Scripted(Mutex<Vec<[u8; 32]>>, SeededEntropy);

impl Entropy for Scripted {
    fn fill(&self, bytes: &mut [u8]) {
        match self.0.lock().unwrap().pop() {
            Some(next) => bytes.copy_from_slice(&next[..bytes.len()]),
            None => self.1.fill(bytes),
        }
    }
}

/// The order of secp256k1.
const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

fn number(text: &str) -> [u8; 32] {
    hex::decode(format!("{text:0>64}"))
        .unwrap()
        .try_into()
        .unwrap()
}

fn secret(text: &str) -> Secret {
    let mut secret = Secret::empty();
    secret.bytes_mut().copy_from_slice(&number(text));
    secret
}

#[test]
fn rejects_what_is_no_scalar() {
    let largest = ORDER.replace("4141", "4140");
    for (text, valid) in [("0", false), ("1", true), (&largest, true), (ORDER, false)] {
        assert_eq!(read(&secret(text)).is_some(), valid, "{text}");
    }
    // The stack gives the last one first: three invalid numbers, then the largest valid one.
    let script = vec![number(&largest), number("0"), number(ORDER), [0xff; 32]];
    let scripted = Scripted(Mutex::new(script), SeededEntropy::new(1));
    let (found, _) = generate(&scripted).ok().unwrap();
    assert_eq!(found.bytes(), &number(&largest));
}

#[test]
fn gives_up_on_a_broken_source() {
    struct Stuck;
    impl Entropy for Stuck {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }
    assert_eq!(generate(&Stuck).err(), Some(BrokenEntropy));
}

#[test]
fn derives_known_addresses() {
    for (key, address_of_it) in [
        ("1", "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"),
        // The first account of every development chain.
        (
            "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
            "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        ),
    ] {
        let key = read(&secret(key)).unwrap();
        assert_eq!(address(&key).to_checksum(None), address_of_it);
    }
}
