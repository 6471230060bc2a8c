use vaultpilot_core::Wei;

use super::{quote, usual_tip};
use crate::wire::FeeHistory;

#[test]
fn the_cap_is_twice_the_base_and_the_tip() {
    let quote = quote(100, 3).unwrap();
    assert_eq!(quote.base_fee, Wei(100));
    assert_eq!(quote.max_fee_per_gas, Wei(203));
    assert_eq!(quote.max_priority_fee_per_gas, Wei(3));
}

#[test]
fn a_fee_that_does_not_fit_is_no_quote() {
    assert!(quote(u128::MAX, 0).is_none());
    assert!(quote(u128::MAX / 2, 2).is_none());
}

#[test]
fn empty_blocks_do_not_lower_the_usual_tip() {
    let text = r#"{"baseFeePerGas":["0x7","0x7"],"reward":[["0x0"],["0x3b9aca00"],["0x0"]]}"#;
    let history: FeeHistory = serde_json::from_str(text).unwrap();
    assert_eq!(usual_tip(&history), 1_000_000_000);
    let bare: FeeHistory = serde_json::from_str(r#"{"baseFeePerGas":["0x7"]}"#).unwrap();
    assert_eq!(usual_tip(&bare), 0);
}
