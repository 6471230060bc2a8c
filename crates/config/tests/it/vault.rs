//! The sections of providers of keys.

use crate::Given;

fn problems(text: &str) -> Vec<String> {
    let given = Given {
        file: Some(text),
        ..Given::default()
    };
    let errors = given.load().expect_err("something is wrong");
    errors.0.iter().map(ToString::to_string).collect()
}

#[test]
fn without_an_address_nothing_of_vault_is_needed() {
    let loaded = Given::default().load().unwrap();
    assert!(!loaded.config.vault.is_configured());
    assert!(!loaded.config.aws_kms.is_configured());
}

#[test]
fn seeds_do_not_travel_in_the_clear() {
    let told = problems("vault:\n  address: http://vault.example:8200\n  token_file: t\n");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("vault.address"), "{told:?}");
    let given = Given {
        file: Some("vault:\n  address: http://127.0.0.1:8200\n  token_file: t\n"),
        ..Given::default()
    };
    assert!(given.load().unwrap().config.vault.is_configured());
}

#[test]
fn every_way_to_log_in_says_what_it_needs() {
    for (login, needed) in [
        ("kubernetes", vec!["vault.token_file"]),
        ("approle", vec!["vault.role_id", "vault.secret_id_file"]),
        ("token", vec!["vault.token_file"]),
    ] {
        let text = format!("vault:\n  address: https://vault.example\n  login: {login}\n");
        let told = problems(&text);
        assert_eq!(told.len(), needed.len(), "{told:?}");
        for (line, key) in told.iter().zip(needed) {
            assert!(line.contains(key), "{line}");
        }
    }
}

#[test]
fn kms_has_bounds() {
    let told =
        problems("aws_kms:\n  endpoint: nowhere\n  timeout: 10m\n  signatures_per_second: 0\n");
    assert_eq!(told.len(), 4, "{told:?}");
}
