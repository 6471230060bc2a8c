//! What nodes say to signed bytes.

use alloy::primitives::{B256, Bytes};
use serde_json::json;
use vaultpilot_core::{BaseUnits, Token, Wei};
use vaultpilot_intent::{Answer, UnsignedTx};
use vaultpilot_ports::{Broadcaster, ChainReader};

use crate::fixture::{
    ALICE, BOB, CHAIN, ETHER, Ground, OWNER, SECOND, coins, ground, reach, sealed, sealed_with,
    slow_ground, tx,
};
use crate::rogue::{Reply, ill, impostor, lossy, nobody};

async fn send(ground: &Ground, tx: &UnsignedTx) -> Answer {
    ground.chains.broadcast(CHAIN, &sealed(tx).0).await
}

fn payment(nonce: u64, amount: u128) -> UnsignedTx {
    tx(SECOND, nonce, coins(BOB, amount))
}

#[tokio::test]
async fn good_bytes_are_accepted_and_mined() {
    let ground = ground().await;
    let payment = payment(0, 7);
    assert_eq!(send(&ground, &payment).await, Answer::Accepted);
    assert!(ground.mined(sealed(&payment).1).await.succeeded);
    let balance = ground.chains.balance(CHAIN, BOB, Token::Native).await;
    assert_eq!(balance, Ok(BaseUnits::from_u128(7)));
}

#[tokio::test]
async fn the_same_bytes_again_are_known() {
    let ground = slow_ground().await;
    assert_eq!(send(&ground, &payment(0, 7)).await, Answer::Accepted);
    assert_eq!(send(&ground, &payment(0, 7)).await, Answer::AlreadyKnown);
}

#[tokio::test]
async fn a_used_nonce_is_too_low() {
    let ground = ground().await;
    let first = payment(0, 7);
    assert_eq!(send(&ground, &first).await, Answer::Accepted);
    ground.mined(sealed(&first).1).await;
    assert_eq!(send(&ground, &payment(0, 8)).await, Answer::NonceTooLow);
    assert_eq!(send(&ground, &first).await, Answer::NonceTooLow);
}

#[tokio::test]
async fn a_replacement_must_pay_more() {
    let ground = slow_ground().await;
    assert_eq!(send(&ground, &payment(0, 7)).await, Answer::Accepted);
    assert_eq!(send(&ground, &payment(0, 8)).await, Answer::Underpriced);
    let mut dearer = payment(0, 8);
    dearer.fees.max_fee_per_gas = Wei(dearer.fees.max_fee_per_gas.0 / 100 * 110);
    dearer.fees.max_priority_fee_per_gas = Wei(1_100_000_000);
    assert_eq!(send(&ground, &dearer).await, Answer::Accepted);
}

#[tokio::test]
async fn what_cannot_be_paid_is_rejected() {
    let ground = ground().await;
    assert_eq!(
        send(&ground, &payment(0, 10_000 * ETHER)).await,
        Answer::Rejected
    );
    let mut cheap = payment(0, 1);
    cheap.fees.max_fee_per_gas = Wei(1);
    cheap.fees.max_priority_fee_per_gas = Wei(1);
    assert_eq!(send(&ground, &cheap).await, Answer::Rejected);
}

#[tokio::test]
async fn a_gap_in_the_nonces_is_accepted_and_waits() {
    let ground = ground().await;
    let later = payment(1, 7);
    assert_eq!(send(&ground, &later).await, Answer::Accepted);
    let hash = sealed(&later).1;
    assert_eq!(ground.chains.receipt(CHAIN, hash).await, Ok(None));
    assert_eq!(send(&ground, &payment(0, 7)).await, Answer::Accepted);
    assert!(ground.mined(hash).await.succeeded);
}

#[tokio::test]
async fn bytes_that_are_no_transaction_are_not_accepted() {
    let ground = ground().await;
    let raw = Bytes::from_static(&[2, 0xc0]);
    assert_eq!(ground.chains.broadcast(CHAIN, &raw).await, Answer::Unclear);
}

#[tokio::test]
async fn a_lost_answer_is_unclear_and_the_next_try_finds_it_known() {
    let ground = slow_ground().await;
    let lossy = lossy(ground.devnet.url(), "eth_sendRawTransaction", 1).await;
    let chains = reach(&[&lossy.url]);
    let (raw, hash) = sealed(&payment(0, 7));
    assert_eq!(chains.broadcast(CHAIN, &raw).await, Answer::Unclear);
    assert_eq!(chains.knows(CHAIN, hash).await, Ok(true));
    assert_eq!(
        ground.chains.broadcast(CHAIN, &raw).await,
        Answer::AlreadyKnown
    );
}

#[tokio::test]
async fn after_a_lost_answer_the_next_endpoint_is_tried() {
    let ground = slow_ground().await;
    let lossy = lossy(ground.devnet.url(), "eth_sendRawTransaction", 1).await;
    let chains = reach(&[&lossy.url, &ground.devnet.url()]);
    let (raw, _) = sealed(&payment(0, 7));
    assert_eq!(chains.broadcast(CHAIN, &raw).await, Answer::AlreadyKnown);
    assert_eq!(lossy.asked("eth_sendRawTransaction"), 1);
}

#[tokio::test]
async fn after_a_lost_answer_nobody_elses_refusal_counts() {
    for refusal in [
        "insufficient funds for transfer",
        "replacement transaction underpriced",
    ] {
        let ground = slow_ground().await;
        let lossy = lossy(ground.devnet.url(), "eth_sendRawTransaction", 1).await;
        let lagging = ill(move || Reply::Error(-32_000, refusal)).await;
        let chains = reach(&[&lossy.url, &lagging.url]);
        let (raw, hash) = sealed(&payment(0, 7));
        assert_eq!(chains.broadcast(CHAIN, &raw).await, Answer::Unclear);
        assert_eq!(lagging.asked("eth_sendRawTransaction"), 1);
        assert_eq!(ground.chains.knows(CHAIN, hash).await, Ok(true));
    }
}

#[tokio::test]
async fn where_nothing_was_sent_the_next_ones_refusal_counts() {
    let refusing = ill(|| Reply::Error(-32_000, "insufficient funds for transfer")).await;
    let chains = reach(&[&nobody().await, &refusing.url]);
    let (raw, _) = sealed(&payment(0, 7));
    assert_eq!(chains.broadcast(CHAIN, &raw).await, Answer::Rejected);
}

#[tokio::test]
async fn the_hash_of_something_else_is_unclear() {
    let liar = ill(|| Reply::Result(json!(B256::repeat_byte(7)))).await;
    let chains = reach(&[&liar.url]);
    let (raw, _) = sealed(&payment(0, 7));
    assert_eq!(chains.broadcast(CHAIN, &raw).await, Answer::Unclear);
    assert_eq!(liar.asked("eth_sendRawTransaction"), 1);
}

#[tokio::test]
async fn another_chain_never_sees_the_bytes() {
    let ground = ground().await;
    let impostor = impostor().await;
    let (raw, _) = sealed(&payment(0, 7));
    assert_eq!(
        reach(&[&impostor.url]).broadcast(CHAIN, &raw).await,
        Answer::Unclear
    );
    let chains = reach(&[&impostor.url, &ground.devnet.url()]);
    assert_eq!(chains.broadcast(CHAIN, &raw).await, Answer::Accepted);
    assert_eq!(impostor.asked("eth_sendRawTransaction"), 0);
    assert_eq!(impostor.asked("eth_chainId"), 2);
}

#[tokio::test]
async fn with_nobody_there_it_is_unclear() {
    let chains = reach(&[&nobody().await]);
    let (raw, _) = sealed(&payment(0, 7));
    assert_eq!(chains.broadcast(CHAIN, &raw).await, Answer::Unclear);
}

#[tokio::test]
async fn a_transaction_of_another_chain_is_not_accepted() {
    let ground = ground().await;
    let mut stray = payment(0, 7);
    stray.call.chain = crate::fixture::ELSEWHERE;
    let (raw, hash) = sealed(&stray);
    let answer = ground.chains.broadcast(CHAIN, &raw).await;
    assert!(
        matches!(answer, Answer::Rejected | Answer::Unclear),
        "{answer:?}"
    );
    assert_eq!(ground.chains.knows(CHAIN, hash).await, Ok(false));
}

#[tokio::test]
async fn an_account_without_coins_is_rejected() {
    let ground = ground().await;
    // Any key does: its account has nothing.
    let key = "0101010101010101010101010101010101010101010101010101010101010101";
    let poor = alloy::primitives::address!("1a642f0e3c3af545e7acbd38b07251b3990914f1");
    let (raw, _) = sealed_with(&tx(poor, 0, coins(ALICE, 1)), key);
    assert_eq!(ground.chains.broadcast(CHAIN, &raw).await, Answer::Rejected);
    assert_ne!(poor, OWNER);
}
