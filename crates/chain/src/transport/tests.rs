use reqwest::StatusCode;

use super::{Fault, interpret};

const ANSWER: &[u8] = br#"{"jsonrpc":"2.0","id":1,"result":"0x1"}"#;
const ERROR: &[u8] =
    br#"{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"nonce too low"}}"#;

#[test]
fn an_error_in_a_4xx_is_an_answer() {
    assert!(interpret(StatusCode::BAD_REQUEST, ERROR).is_ok_and(|packet| packet.is_error()));
}

#[test]
fn a_result_in_a_4xx_is_none() {
    assert_eq!(
        interpret(StatusCode::NOT_FOUND, ANSWER).err(),
        Some(Fault::Status(404))
    );
}

#[test]
fn limits_and_gateways_are_faults_whatever_they_say() {
    for status in [429, 500, 502, 503] {
        let code = StatusCode::from_u16(status).unwrap();
        assert_eq!(interpret(code, ERROR).err(), Some(Fault::Status(status)));
    }
}

#[test]
fn a_page_is_no_answer() {
    assert_eq!(
        interpret(StatusCode::OK, b"<html>").err(),
        Some(Fault::NotJsonRpc)
    );
    assert_eq!(
        interpret(StatusCode::FORBIDDEN, b"<html>").err(),
        Some(Fault::Status(403))
    );
}

#[test]
fn only_a_failed_connection_surely_sent_nothing() {
    assert!(!Fault::NotSent.may_have_arrived());
    for fault in [
        Fault::TimedOut,
        Fault::Cut,
        Fault::Status(502),
        Fault::NotJsonRpc,
    ] {
        assert!(fault.may_have_arrived());
    }
}
