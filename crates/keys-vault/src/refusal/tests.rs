use zeroize::Zeroizing;

use super::Words;
use crate::http::Answer;

fn words(body: &str) -> Words {
    Words::of(&Answer {
        status: 400,
        body: Zeroizing::new(body.as_bytes().to_vec()),
    })
}

#[test]
fn the_words_of_openbao_are_understood() {
    for (text, meaning) in [
        ("cipher: message authentication failed", Words::NotOpened),
        ("invalid ciphertext length", Words::NotOpened),
        ("invalid ciphertext: version is too new", Words::NotOpened),
        (
            "ciphertext or signature version is disallowed by policy (too old)",
            Words::TooOld,
        ),
        ("refusing to use soft-deleted key", Words::Deleted),
        ("encryption key not found", Words::NoKey),
        (
            "message encryption not supported for key type ed25519",
            Words::WrongKind,
        ),
        (
            "missing 'context' for key derivation; the key was created using a derived key",
            Words::NoContext,
        ),
        ("illegal base64 data at input byte 0", Words::Others),
    ] {
        let body = format!(r#"{{"errors":["1 error occurred:\n\t* {text}\n"]}}"#);
        assert_eq!(words(&body), meaning, "{text}");
    }
}

#[test]
fn what_is_no_list_of_errors_means_nothing() {
    for body in [
        "",
        "invalid ciphertext",
        r#"{"errors":"invalid ciphertext"}"#,
        r#"{"data":{"plaintext":"invalid ciphertext"}}"#,
    ] {
        assert_eq!(words(body), Words::Others, "{body}");
    }
}
