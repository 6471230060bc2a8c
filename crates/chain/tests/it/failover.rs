//! Endpoints that fail, lie, stall or talk too much.

use std::time::Duration;

use alloy::primitives::B256;
use serde_json::json;
use tokio::time::Instant;
use vaultpilot_core::{BaseUnits, Token};
use vaultpilot_intent::Answer;
use vaultpilot_ports::{Broadcaster, ChainError, ChainReader};

use crate::fixture::{ALICE, BOB, CHAIN, ETHER, SECOND, coins, ground, reach, sealed, tx};
use crate::rogue::{Reply, ill, impostor, nobody, right_chain, rogue};

/// A failure, and how it is said.
type Kind = (&'static str, fn() -> Reply);

const FORTUNE: u128 = 10_000 * ETHER;

#[tokio::test]
async fn a_dead_and_a_lying_endpoint_are_passed_over() {
    let ground = ground().await;
    let (dead, liar) = (nobody().await, impostor().await);
    let chains = reach(&[&dead, &liar.url, &ground.devnet.url()]);
    let balance = chains.balance(CHAIN, SECOND, Token::Native).await;
    assert_eq!(balance, Ok(BaseUnits::from_u128(FORTUNE)));
    assert_eq!(liar.asked("eth_getBalance"), 0);

    let status = chains.status(CHAIN).await.unwrap();
    let healthy: Vec<bool> = status.iter().map(|endpoint| endpoint.healthy).collect();
    assert_eq!(healthy, [false, false, true]);
    assert_eq!(status[0].last_error.as_deref(), Some("connection failed"));
    assert_eq!(
        status[1].last_error.as_deref(),
        Some("endpoint serves chain 1")
    );
    assert_eq!(status[1].head, None);
    assert_eq!(status[2].head, Some(0));
}

#[tokio::test]
async fn every_kind_of_failure_is_passed_on() {
    let ground = ground().await;
    let kinds: [Kind; 9] = [
        ("limit", || Reply::Status(429, "slow down")),
        ("limit in words", || {
            Reply::Error(-32_005, "project rate limit exceeded")
        }),
        ("gateway", || Reply::Status(502, "<html>")),
        ("error", || {
            Reply::Status(500, r#"{"jsonrpc":"2.0","id":1,"result":"0x1"}"#)
        }),
        ("page", || Reply::Status(200, "<html>")),
        ("form", || Reply::Result(json!({ "balance": "much" }))),
        ("method", || {
            Reply::Error(-32_601, "the method does not exist")
        }),
        ("cut", || Reply::Cut),
        ("long", || Reply::Padded(9 * 1024 * 1024, json!("0x666"))),
    ];
    for (kind, reply) in kinds {
        let bad = ill(reply).await;
        let chains = reach(&[&bad.url, &ground.devnet.url()]);
        let balance = chains.balance(CHAIN, SECOND, Token::Native).await;
        assert_eq!(balance, Ok(BaseUnits::from_u128(FORTUNE)), "{kind}");
        assert_eq!(bad.asked("eth_getBalance"), 1, "{kind}");

        let alone = reach(&[&bad.url])
            .balance(CHAIN, SECOND, Token::Native)
            .await;
        assert!(
            matches!(
                alone,
                Err(ChainError::Unreachable { .. } | ChainError::Unreadable { .. })
            ),
            "{kind}: {alone:?}"
        );
    }
}

#[tokio::test]
async fn a_silent_endpoint_is_given_up_after_five_seconds() {
    let ground = ground().await;
    let silent = ill(|| Reply::Silence).await;
    let chains = reach(&[&silent.url, &ground.devnet.url()]);
    let started = Instant::now();
    let balance = chains.balance(CHAIN, SECOND, Token::Native).await;
    assert_eq!(balance, Ok(BaseUnits::from_u128(FORTUNE)));
    let took = started.elapsed();
    assert!(
        took >= Duration::from_secs(5) && took < Duration::from_secs(8),
        "{took:?}"
    );
    // It rests now: the next question goes to the other one at once.
    chains.balance(CHAIN, ALICE, Token::Native).await.unwrap();
    assert_eq!(silent.asked("eth_getBalance"), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let ground = ground().await;
    let url = ground.devnet.url();
    let redirecting = rogue(move |_, _| {
        let url = url.clone();
        async move { Reply::Redirect(url) }
    })
    .await;
    let chains = reach(&[&redirecting.url]);
    let error = chains
        .balance(CHAIN, SECOND, Token::Native)
        .await
        .unwrap_err();
    assert!(matches!(error, ChainError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_revert_is_an_answer_and_asked_once() {
    let first = ill(|| Reply::Error(3, "execution reverted: no")).await;
    let second = ill(|| Reply::Error(3, "execution reverted: no")).await;
    let chains = reach(&[&first.url, &second.url]);
    let error = chains.gas(SECOND, &coins(BOB, 1)).await.unwrap_err();
    let words = "execution reverted: no".to_owned();
    assert_eq!(error, ChainError::Reverted { detail: words });
    assert_eq!(first.asked("eth_estimateGas"), 1);
    assert_eq!(second.asked("eth_estimateGas"), 0);
}

#[tokio::test]
async fn only_impostors_are_unreadable_and_nobody_is_unreachable() {
    let impostor = impostor().await;
    let error = reach(&[&impostor.url]).head(CHAIN).await.unwrap_err();
    let detail = "endpoint serves chain 1".to_owned();
    assert_eq!(
        error,
        ChainError::Unreadable {
            chain: CHAIN,
            detail
        }
    );
    let error = reach(&[&nobody().await]).head(CHAIN).await.unwrap_err();
    let detail = "connection failed".to_owned();
    assert_eq!(
        error,
        ChainError::Unreachable {
            chain: CHAIN,
            detail
        }
    );
}

#[tokio::test]
async fn after_a_fault_the_chain_is_made_sure_of_again() {
    let turns = std::sync::atomic::AtomicUsize::new(0);
    // Right at first, then one fault, then another chain.
    let turncoat = rogue(move |method, _| {
        let turn = turns.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async move {
            match (method.as_str(), turn) {
                ("eth_chainId", 0) => right_chain(),
                ("eth_chainId", _) => Reply::Result(json!("0x1")),
                (_, 1) => Reply::Result(json!("0x5")),
                (_, 2) => Reply::Cut,
                _ => Reply::Result(json!("0x666")),
            }
        }
    })
    .await;
    let chains = reach(&[&turncoat.url]);
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(chains.balance(CHAIN, ALICE, Token::Native).await);
    }
    assert_eq!(answers[0], Ok(BaseUnits::from_u128(5)));
    assert!(matches!(answers[1], Err(ChainError::Unreachable { .. })));
    assert!(
        matches!(answers[2], Err(ChainError::Unreadable { .. })),
        "{:?}",
        answers[2]
    );
}

#[tokio::test]
async fn a_lagging_endpoint_does_not_hide_a_receipt() {
    let ground = ground().await;
    let lagging = ill(|| Reply::Result(json!(null))).await;
    let chains = reach(&[&lagging.url, &ground.devnet.url()]);
    let (raw, hash) = sealed(&tx(SECOND, 0, coins(BOB, 1)));
    assert_eq!(ground.chains.broadcast(CHAIN, &raw).await, Answer::Accepted);
    let receipt = ground.mined(hash).await;
    assert_eq!(chains.receipt(CHAIN, hash).await, Ok(Some(receipt)));
    assert_eq!(chains.knows(CHAIN, hash).await, Ok(true));
    assert_eq!(chains.receipt(CHAIN, B256::ZERO).await, Ok(None));
    assert_eq!(chains.knows(CHAIN, B256::ZERO).await, Ok(false));
}

#[tokio::test]
async fn the_receipt_of_another_transaction_is_no_answer() {
    let liar = ill(|| {
        Reply::Result(json!({
            "transactionHash": B256::repeat_byte(1), "blockHash": B256::repeat_byte(2),
            "blockNumber": "0x1", "status": "0x1", "gasUsed": "0x5208",
            "effectiveGasPrice": "0x1",
        }))
    })
    .await;
    let chains = reach(&[&liar.url]);
    let error = chains
        .receipt(CHAIN, B256::repeat_byte(9))
        .await
        .unwrap_err();
    assert!(matches!(error, ChainError::Unreadable { .. }));
    assert!(
        chains
            .receipt(CHAIN, B256::repeat_byte(1))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_tip_is_found_without_the_method() {
    let node = rogue(|method, _| async move {
        match method.as_str() {
            "eth_chainId" => right_chain(),
            "eth_feeHistory" => Reply::Result(json!({
                "oldestBlock": "0x1", "gasUsedRatio": [0.5],
                "baseFeePerGas": ["0x64", "0x6e"], "reward": [["0x3"]],
            })),
            _ => Reply::Error(-32_601, "method not found"),
        }
    })
    .await;
    let quote = reach(&[&node.url]).fees(CHAIN).await.unwrap();
    assert_eq!(
        (quote.base_fee.0, quote.max_priority_fee_per_gas.0),
        (110, 3)
    );
    assert_eq!(quote.max_fee_per_gas.0, 223);
}
