use alloy::rpc::json_rpc::ErrorPayload;

use super::{failure, reason};

fn hex(text: &str) -> Vec<u8> {
    alloy::hex::decode(text).unwrap()
}

fn error(text: &str) -> ErrorPayload {
    serde_json::from_str(text).unwrap()
}

/// `Error("no funds")`.
const WORDS: &str = "08c379a00000000000000000000000000000000000000000000000000000000000000020\
                     0000000000000000000000000000000000000000000000000000000000000008\
                     6e6f2066756e6473000000000000000000000000000000000000000000000000";

#[test]
fn words_are_read() {
    assert_eq!(reason(&hex(WORDS)).as_deref(), Some("no funds"));
}

#[test]
fn a_panic_is_named() {
    let data = format!("4e487b71{:064x}", 0x11);
    let text = reason(&hex(&data)).unwrap();
    assert!(text.starts_with("panic 0x11: "), "{text}");
    assert!(text.contains("overflow"), "{text}");
}

#[test]
fn a_custom_error_shows_its_selector() {
    assert_eq!(
        reason(&hex("e450d38c00")).as_deref(),
        Some("custom error 0xe450d38c")
    );
}

#[test]
fn no_data_is_no_reason() {
    assert_eq!(reason(&[]), None);
    assert_eq!(reason(&[1, 2, 3]), None);
}

#[test]
fn cut_words_fall_back_to_the_selector() {
    assert_eq!(
        reason(&hex(&WORDS[..80])).as_deref(),
        Some("custom error 0x08c379a0")
    );
}

#[test]
fn a_revert_answer_gives_its_reason() {
    let bare = format!(r#"{{"code":3,"message":"execution reverted","data":"0x{WORDS}"}}"#);
    assert_eq!(failure(&error(&bare)).as_deref(), Some("no funds"));
    let inside = format!(
        r#"{{"code":-32015,"message":"VM execution error.","data":{{"data":"0x{WORDS}"}}}}"#
    );
    assert_eq!(failure(&error(&inside)).as_deref(), Some("no funds"));
}

#[test]
fn a_revert_without_data_gives_the_nodes_words() {
    let text = r#"{"code":3,"message":"execution reverted: \u001b[1mno"}"#;
    assert_eq!(
        failure(&error(text)).as_deref(),
        Some("execution reverted: [1mno")
    );
}

#[test]
fn missing_funds_are_a_failing_call() {
    let anvil = r#"{"code":-32003,"message":"Insufficient funds for gas * price + value"}"#;
    assert!(failure(&error(anvil)).is_some());
    let spec = r#"{"code":-38014,"message":"sender cannot pay"}"#;
    assert!(failure(&error(spec)).is_some());
}

#[test]
fn a_node_that_cannot_answer_is_no_failing_call() {
    let text = r#"{"code":-32601,"message":"the method eth_simulateV1 does not exist"}"#;
    assert_eq!(failure(&error(text)), None);
    let text = r#"{"code":-32000,"message":"missing trie node"}"#;
    assert_eq!(failure(&error(text)), None);
}
