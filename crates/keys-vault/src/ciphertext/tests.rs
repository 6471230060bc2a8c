use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Ciphertext;

fn sealed(prefix: &str, length: usize) -> String {
    format!("{prefix}{}", STANDARD.encode(vec![7; length]))
}

#[test]
fn a_ciphertext_names_the_version_that_made_it() {
    for (prefix, root) in [
        ("vault:v1:", "vault:team/transit/k:v1"),
        ("vault:v12:", "vault:team/transit/k:v12"),
    ] {
        let text = sealed(prefix, 60);
        let ciphertext = Ciphertext::parse(text.as_bytes()).unwrap();
        assert_eq!(ciphertext.text(), text);
        assert_eq!(ciphertext.root("team/transit", "k"), root);
    }
}

#[test]
fn only_the_spelling_of_vault_itself_is_read() {
    let right = sealed("vault:v1:", 60);
    let padded = sealed("vault:v1:", 61);
    assert!(padded.ends_with("Bw=="));
    for right in [&right, &padded] {
        assert!(Ciphertext::parse(right.as_bytes()).is_some());
    }
    for wrong in [
        String::new(),
        sealed("vault:v0:", 60),
        sealed("vault:v01:", 60),
        sealed("vault:v+1:", 60),
        sealed("vault:v:", 60),
        sealed("vault:1:", 60),
        sealed("Vault:v1:", 60),
        sealed("vault:v4294967296:", 60),
        sealed("vault:v1:", 59),
        sealed("vault:v1:", 1024),
        format!("{right}\n"),
        format!("{right}:"),
        padded.replace('=', ""),
        // The last bits before the padding say nothing, and have to be zero.
        padded.replace("Bw==", "Bx=="),
    ] {
        assert_eq!(Ciphertext::parse(wrong.as_bytes()), None, "{wrong:?}");
    }
    assert!(Ciphertext::parse(&[0xff; 100]).is_none());
}
