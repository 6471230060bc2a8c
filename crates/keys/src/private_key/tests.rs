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
        let secret = secret(text);
        assert_eq!(address(&secret).is_some(), valid, "{text}");
        assert_eq!(sign(&secret, B256::ZERO).is_some(), valid, "{text}");
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
        let found = address(&secret(key)).unwrap();
        assert_eq!(found.to_checksum(None), address_of_it);
    }
}

/// An implementation that shares no line with ours says the same, bit by bit: the nonce is the one
/// of RFC 6979, s is in the lower half, the parity is right.
#[test]
fn signs_as_another_implementation_does() {
    let entropy = SeededEntropy::new(7);
    for _ in 0..64 {
        let (secret, _) = generate(&entropy).ok().unwrap();
        let mut hash = B256::ZERO;
        entropy.fill(&mut hash.0);
        let (theirs, id) = k256::ecdsa::SigningKey::from_slice(secret.bytes())
            .unwrap()
            .sign_prehash_recoverable(hash.as_slice())
            .unwrap();
        let (r, s) = theirs.split_bytes();
        let theirs = Signature {
            r: U256::from_be_slice(&r),
            s: U256::from_be_slice(&s),
            y_parity: id.is_y_odd(),
        };
        let ours = sign(&secret, hash).unwrap();
        assert_eq!(ours, theirs, "{hash}");
        assert!(ours.s <= U256::from_str_radix(ORDER, 16).unwrap() >> 1);
    }
}

/// For a hash that is not below the order the two libraries make different nonces; both signatures
/// are the key's.
#[test]
fn signs_every_hash() {
    let entropy = SeededEntropy::new(8);
    let (secret, address) = generate(&entropy).ok().unwrap();
    for hash in [[0; 32], number(ORDER), [0xff; 32]] {
        let signature = sign(&secret, hash.into()).unwrap();
        assert_eq!(signature, sign(&secret, hash.into()).unwrap());
        let bytes = [
            signature.r.to_be_bytes::<32>(),
            signature.s.to_be_bytes::<32>(),
        ]
        .concat();
        let curve = k256::ecdsa::Signature::from_slice(&bytes).unwrap();
        let id = k256::ecdsa::RecoveryId::new(signature.y_parity, false);
        let key = k256::ecdsa::VerifyingKey::recover_from_prehash(&hash, &curve, id).unwrap();
        let point = key.to_encoded_point(false);
        assert_eq!(
            Address::from_raw_public_key(&point.as_bytes()[1..]),
            address
        );
    }
}
