use super::address;
use crate::options::VaultOptionsError;

#[test]
fn tls_or_this_machine() {
    for text in [
        "https://vault.example.org:8200",
        "https://10.0.0.1:8200/behind/a/gateway",
        "http://127.0.0.1:8200",
        "http://127.9.9.9:8200",
        "http://[::1]:8200",
        "http://localhost:8200",
    ] {
        assert!(address(text).is_ok(), "{text}");
    }
    for text in [
        "http://vault.example.org:8200",
        "http://10.0.0.1:8200",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1",
    ] {
        let refused = address(text).unwrap_err();
        assert!(matches!(refused, VaultOptionsError::Plaintext), "{text}");
    }
}

#[test]
fn an_address_has_nothing_secret_in_it() {
    for text in [
        "https://user@vault:8200",
        "https://user:password@vault:8200",
        "https://vault:8200?token=s",
        "https://vault:8200#s",
    ] {
        let refused = address(text).unwrap_err();
        assert!(matches!(refused, VaultOptionsError::AddressParts), "{text}");
    }
    for text in ["", "vault:8200", "unix:/run/vault", "https://"] {
        let refused = address(text).unwrap_err();
        assert!(
            matches!(
                refused,
                VaultOptionsError::Address | VaultOptionsError::Plaintext
            ),
            "{text}"
        );
    }
}
