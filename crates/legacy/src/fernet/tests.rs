use super::*;

/// The key of the specification's vectors.
const SPEC: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
/// The golden vector of the predecessor's stores.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn open(key: &str, token: &str) -> Result<Vec<u8>, FernetError> {
    let opened = FernetKey::parse(key)?.open(token.as_bytes())?;
    Ok(opened.to_vec())
}

#[test]
fn the_vector_of_the_specification_opens() {
    let token = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
    assert_eq!(open(SPEC, token).unwrap(), b"hello");
    assert_eq!(open(SPEC, token.trim_end_matches('=')).unwrap(), b"hello");
    assert_eq!(open(SPEC, &format!(" {token}\n")).unwrap(), b"hello");
    assert_eq!(open(KEY, token), Err(FernetError::WrongKey));
}

/// All of the specification's invalid tokens but those of age, which is not looked at.
#[test]
fn the_invalid_tokens_of_the_specification_do_not_open() {
    let table = [
        (
            "incorrect mac",
            FernetError::WrongKey,
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==",
        ),
        (
            "too short",
            FernetError::NotAToken,
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==",
        ),
        (
            "invalid base64",
            FernetError::NotAToken,
            "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
        ),
        (
            "not multiple of block size",
            FernetError::NotAToken,
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm",
        ),
        (
            "payload padding error",
            FernetError::WrongKey,
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==",
        ),
        (
            "incorrect IV",
            FernetError::WrongKey,
            "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==",
        ),
    ];
    for (what, expected, token) in table {
        assert_eq!(open(SPEC, token), Err(expected), "{what}");
    }
    let old = "gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==";
    assert_eq!(open(SPEC, old).unwrap(), b"", "a time far ahead");
}

#[test]
fn a_key_that_is_none_is_refused() {
    let none = [
        "",
        "=",
        "AAECAw==",
        &KEY[..40],
        &format!("{KEY}AAAA"),
        "ключ",
        &"A".repeat(9000),
    ];
    for text in none {
        assert_eq!(
            FernetKey::parse(text).err(),
            Some(FernetError::NotAKey),
            "{text:.20}"
        );
    }
    assert!(FernetKey::parse(&format!("{KEY}\n")).is_ok());
    assert!(FernetKey::parse(KEY.trim_end_matches('=')).is_ok());
}
