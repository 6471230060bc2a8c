use proptest::prelude::*;

use super::*;

const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

fn entropy() -> vaultpilot_testkit::SeededEntropy {
    vaultpilot_testkit::SeededEntropy::new(1)
}

fn opener(byte: u8) -> Opener {
    let mut private = Secret::empty();
    private.bytes_mut().fill(byte);
    Opener::new(&private)
}

/// The key pair of RFC 7748 (6.1): the recipient is its public key, whichever half it is made of.
#[test]
fn a_recipient_is_the_public_key() {
    let private = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    let public = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
    let mut secret = Secret::empty();
    hex::decode_to_slice(private, secret.bytes_mut()).unwrap();
    let public: [u8; 32] = hex::decode(public).unwrap().try_into().unwrap();
    assert_eq!(Opener::new(&secret).recipient(), recipient(&public));
    assert!(recipient(&public).starts_with("age1"));
}

#[test]
fn what_is_sealed_opens_for_its_recipient_only() {
    let (mine, other) = (opener(1), opener(2));
    let key = from_hex(KEY).unwrap();
    let sealed = seal(&key, &mine.recipient(), &entropy()).unwrap();
    assert!(sealed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"));
    assert!(!sealed.contains(&KEY[..8]));
    assert_eq!(open(&sealed, &mine).ok().unwrap().bytes(), key.bytes());
    let framed = format!("\n{sealed}\n");
    assert_eq!(open(&framed, &mine).ok().unwrap().bytes(), key.bytes());
    let refused = open(&sealed, &other).err();
    assert_eq!(refused, Some(SealError::NotOpened.into()));
    let password = SecretString::from("päss word");
    let sealed = seal_text(&password, &mine.recipient()).unwrap();
    let opened = open_text(&sealed, &mine).ok().unwrap();
    assert_eq!(opened.expose_secret(), "päss word");
    // A password is no key.
    assert_eq!(open(&sealed, &mine).err(), Some(MaterialError::NotHex));
}

#[test]
fn what_is_no_recipient_is_refused() {
    let key = from_hex(KEY).unwrap();
    let mine = opener(1).recipient();
    let none = [
        String::new(),
        "age1".to_owned(),
        mine[..mine.len() - 1].to_owned(),
        mine.replace("age1", "bge1"),
        "ssh-ed25519 AAAA".to_owned(),
    ];
    for text in none {
        assert_eq!(
            seal(&key, &text, &entropy()).err(),
            Some(SealError::Recipient),
            "{text}"
        );
    }
    let long = SecretString::from("x".repeat(1025));
    assert_eq!(
        seal_text(&long, &mine).err(),
        Some(SealError::TooLong { max: 1024 })
    );
}

#[test]
fn a_hostile_file_is_refused() {
    let mine = opener(1);
    let key = from_hex(KEY).unwrap();
    let sealed = seal(&key, &mine.recipient(), &entropy()).unwrap();
    for end in (0..sealed.len() - 40).step_by(11) {
        assert!(open(&sealed[..end], &mine).is_err(), "{end}");
    }
    let mut altered = sealed.into_bytes();
    // The last letter of the ciphertext's last full line.
    let at = altered.len() - 60;
    altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
    assert!(open(str::from_utf8(&altered).unwrap(), &mine).is_err());
    let refused = open_text(&"x".repeat(20_000), &mine).err();
    assert_eq!(refused, Some(SealError::TooLong { max: 16 * 1024 }));
    assert_eq!(
        open_text("age-encryption.org/v1", &mine).err(),
        Some(SealError::NotAge)
    );
    // More text than anything here has is not read to its end.
    let recipient: age::x25519::Recipient = mine.recipient().parse().unwrap();
    let long = age::encrypt_and_armor(&recipient, &[b'7'; 5000]).unwrap();
    assert_eq!(
        open_text(&long, &mine).err(),
        Some(SealError::NotText { max: 1024 })
    );
    let binary = age::encrypt_and_armor(&recipient, &[0xff; 64]).unwrap();
    assert_eq!(
        open_text(&binary, &mine).err(),
        Some(SealError::NotText { max: 1024 })
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_panics(text in ".{0,200}") {
        let mine = opener(1);
        let _ = open(&text, &mine).is_ok();
        let file = format!("-----BEGIN AGE ENCRYPTED FILE-----\n{text}\n-----END AGE ENCRYPTED FILE-----");
        let _ = open(&file, &mine).is_ok();
    }
}
