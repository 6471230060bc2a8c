use vaultpilot_testkit::SeededEntropy;

use super::*;

fn private(byte: u8) -> Secret {
    let mut secret = Secret::empty();
    secret.bytes_mut().fill(byte);
    secret
}

/// RFC 7748, section 5.2: the first step of the iteration, where the scalar is the base point too.
#[test]
fn public_halves_are_x25519() {
    let mut nine = Secret::empty();
    nine.bytes_mut()[0] = 9;
    assert_eq!(
        hex::encode(public(&nine).ok().unwrap()),
        "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
    );
}

#[test]
fn the_private_half_alone_opens() {
    let entropy = SeededEntropy::new(1);
    let to = public(&private(1)).ok().unwrap();
    let sealed = seal(&to, "info", "aad", &private(9), &entropy)
        .ok()
        .unwrap();
    let opened = open(&private(1), "info", "aad", &sealed).ok().unwrap();
    assert_eq!(opened.bytes(), private(9).bytes());
    for (by, info, aad) in [
        (2, "info", "aad"),
        (1, "other", "aad"),
        (1, "info", "other"),
        (1, "infoaad", ""),
    ] {
        assert!(open(&private(by), info, aad, &sealed).is_err());
    }
    for at in 0..PUBLIC {
        for bit in 0..8 {
            let mut altered = sealed;
            altered.enc[at] ^= 1 << bit;
            assert!(open(&private(1), "info", "aad", &altered).is_err(), "{at}");
        }
    }
}

/// Whoever seals to such a point seals to everybody.
#[test]
fn nothing_is_sealed_to_a_point_without_a_private_half() {
    let entropy = SeededEntropy::new(1);
    let mut one = [0; PUBLIC];
    one[0] = 1;
    for low in [[0; PUBLIC], one] {
        let refused = seal(&low, "info", "aad", &private(9), &entropy);
        assert_eq!(refused, Err(NotSealed));
    }
}
