use serde::Deserialize;
use serde_json::{Value, json};
use vaultpilot_ports::Fault;

use super::{page, read, text};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    #[expect(dead_code, reason = "only the parsing is of interest")]
    amount: String,
    #[expect(dead_code, reason = "only the parsing is of interest")]
    assets: Option<Vec<String>>,
}

fn complaint(arguments: Value) -> (String, String) {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object")
    };
    match read::<Arguments>(arguments).unwrap_err() {
        Fault::Invalid {
            code,
            field,
            message,
        } => {
            assert_eq!(code, "invalid_params");
            (field, message)
        }
        other => panic!("{other}"),
    }
}

#[test]
fn every_malformed_argument_is_named() {
    let cases = [
        (json!({}), "amount"),
        (json!({ "amount": 0.5 }), "amount"),
        (json!({ "amount": 1 }), "amount"),
        (json!({ "amount": null }), "amount"),
        (json!({ "amount": ["1"] }), "amount"),
        (json!({ "amount": "1", "surprise": true }), "surprise"),
        (json!({ "amount": "1", "assets": "native" }), "assets"),
        (
            json!({ "amount": "1", "assets": ["native", 7] }),
            "assets[1]",
        ),
    ];
    for (arguments, field) in cases {
        let (found, message) = complaint(arguments.clone());
        assert_eq!(found, field, "{arguments}: {message}");
    }
}

#[test]
fn numbers_are_told_to_be_text() {
    let (_, message) = complaint(json!({ "amount": 0.1 }));
    assert!(message.contains("amount is text"), "{message}");
}

#[test]
fn a_complaint_does_not_repeat_a_long_argument() {
    let (_, message) = complaint(json!({ "amount": "1", "assets": "ä".repeat(5000) }));
    assert!(message.len() <= super::MAX_COMPLAINT, "{}", message.len());
}

#[test]
fn free_text_is_short_and_plain() {
    assert!(text("memo", "für den Kaffee ☕".to_owned()).is_ok());
    assert!(text("memo", "x".repeat(200)).is_ok());
    for bad in [
        "x".repeat(201),
        "a\u{1b}[2J".to_owned(),
        "two\nlines".to_owned(),
    ] {
        assert!(text("memo", bad).is_err());
    }
}

#[test]
fn pages_have_bounds() {
    assert!(page(None, None).is_ok());
    assert!(page(None, Some(100)).is_ok());
    assert!(page(None, Some(0)).is_err());
    assert!(page(None, Some(101)).is_err());
}
