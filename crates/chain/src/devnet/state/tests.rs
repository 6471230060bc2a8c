use std::path::Path;

use super::{KEPT_BLOCKS, keep_copy, prepare, shorten};
use crate::devnet::{DevnetError, beside};

/// A chain of `length` blocks, with a transaction in the third.
fn chain(length: u64) -> Vec<u8> {
    let blocks: Vec<_> = (0..length)
        .map(|number| {
            let transactions = if number == 3 { vec!["tx"] } else { vec![] };
            serde_json::json!({
                "header": { "number": format!("0x{number:x}") }, "transactions": transactions,
            })
        })
        .collect();
    serde_json::to_vec(&serde_json::json!({
        "accounts": {}, "best_block_number": length - 1, "blocks": blocks, "other": 1,
    }))
    .unwrap()
}

fn numbers(state: &[u8]) -> Vec<String> {
    let state: serde_json::Value = serde_json::from_slice(state).unwrap();
    let blocks = state["blocks"].as_array().unwrap().iter();
    blocks
        .map(|block| block["header"]["number"].as_str().unwrap().to_owned())
        .collect()
}

fn put(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn old_empty_blocks_are_dropped_and_nothing_else() {
    let short = shorten(&chain(KEPT_BLOCKS + 10)).unwrap();
    let kept = numbers(&short);
    assert_eq!(kept[..3], ["0x0", "0x3", "0x9"]);
    assert_eq!(kept.len() as u64, KEPT_BLOCKS + 3);
    let value: serde_json::Value = serde_json::from_slice(&short).unwrap();
    assert_eq!(value["other"], 1);
}

#[test]
fn half_a_file_is_no_state() {
    let whole = chain(5);
    for cut in 0..whole.len() {
        assert_eq!(shorten(&whole[..cut]), None, "cut at {cut}");
    }
    assert_eq!(shorten(b"{}"), None);
}

#[test]
fn no_file_is_a_new_chain() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(prepare(&folder.path().join("state.json")).unwrap(), None);
}

#[test]
fn a_damaged_file_is_set_aside_and_the_copy_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    put(&state, &chain(5));
    assert_eq!(prepare(&state).unwrap(), None);
    put(&state, &chain(9));
    keep_copy(&state).unwrap();
    put(&state, &chain(9)[..40]);
    let recovery = prepare(&state).unwrap().unwrap();
    assert_eq!(std::fs::read(&recovery.damaged).unwrap(), &chain(9)[..40]);
    assert_eq!(numbers(&std::fs::read(&state).unwrap()).len(), 9);
    assert_eq!(prepare(&state).unwrap(), None);
}

#[test]
fn a_damaged_file_without_a_copy_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    put(&state, b"{");
    put(&beside(&state, ".previous"), b"[");
    let error = prepare(&state).unwrap_err();
    assert!(matches!(error, DevnetError::Damaged { .. }));
    assert!(error.to_string().contains("move it away"));
    assert_eq!(std::fs::read(&state).unwrap(), b"{");
    assert!(matches!(
        keep_copy(&state),
        Err(DevnetError::Damaged { .. })
    ));
}
