//! Simulations on a real node.

use alloy::primitives::Address;
use vaultpilot_core::{Asset, BaseUnits, Call};
use vaultpilot_intent::Answer;
use vaultpilot_ports::chain::{Movement, Simulation};
use vaultpilot_ports::{Broadcaster, ChainReader};

use crate::fixture::{
    ALICE, BOB, CHAIN, ETHER, Ground, OWNER, TOKEN, call, coins, ground, sealed, transfer, tx,
};

const LIMIT: u64 = 200_000;

async fn simulate(ground: &Ground, from: Address, call: &Call) -> Simulation {
    ground.chains.simulate(from, call, LIMIT).await.unwrap()
}

fn movement(asset: Asset, from: Address, to: Address, amount: u128) -> Movement {
    Movement {
        asset,
        from,
        to,
        amount: BaseUnits::from_u128(amount),
    }
}

/// `forward(to)`: the contract hands on the coins it is sent.
fn forward(contract: Address, to: Address, amount: u128) -> Call {
    call(contract, amount, "101e8952", &[to.into_word()])
}

#[tokio::test]
async fn coins_move() {
    let ground = ground().await;
    let simulation = simulate(&ground, OWNER, &coins(BOB, ETHER)).await;
    assert!(simulation.succeeded);
    assert_eq!(simulation.error, None);
    assert_eq!(simulation.gas_used, 21_000);
    assert_eq!(
        simulation.movements,
        [movement(Asset::native(CHAIN), OWNER, BOB, ETHER)]
    );
}

#[tokio::test]
async fn tokens_move() {
    let ground = ground().await;
    let token = ground.deploy(TOKEN).await;
    let simulation = simulate(&ground, OWNER, &transfer(token, BOB, 5)).await;
    assert!(simulation.succeeded);
    let asset = Asset::erc20(CHAIN, token);
    assert_eq!(simulation.movements, [movement(asset, OWNER, BOB, 5)]);
}

#[tokio::test]
async fn coins_that_a_contract_hands_on_are_seen_twice() {
    let ground = ground().await;
    let contract = ground.deploy(TOKEN).await;
    let simulation = simulate(&ground, OWNER, &forward(contract, BOB, 9)).await;
    let coin = Asset::native(CHAIN);
    assert_eq!(
        simulation.movements,
        [
            movement(coin, OWNER, contract, 9),
            movement(coin, contract, BOB, 9)
        ]
    );
}

#[tokio::test]
async fn a_failing_call_says_why_and_moves_nothing() {
    let ground = ground().await;
    let token = ground.deploy(TOKEN).await;
    let simulation = simulate(&ground, OWNER, &transfer(token, Address::ZERO, 5)).await;
    assert!(!simulation.succeeded);
    assert_eq!(simulation.error.as_deref(), Some("nobody is nobody"));
    assert_eq!(simulation.movements, []);
    assert!(simulation.gas_used > 21_000);
}

#[tokio::test]
async fn value_that_is_not_there_fails() {
    let ground = ground().await;
    let simulation = simulate(&ground, ALICE, &coins(BOB, 1)).await;
    assert!(!simulation.succeeded);
    let error = simulation.error.unwrap().to_lowercase();
    assert!(error.contains("insufficient funds"), "{error}");
    assert_eq!(simulation.movements, []);
}

#[tokio::test]
async fn a_gas_limit_that_is_too_low_fails() {
    let ground = ground().await;
    let token = ground.deploy(TOKEN).await;
    let simulation = ground
        .chains
        .simulate(OWNER, &transfer(token, BOB, 5), 25_000)
        .await
        .unwrap();
    assert!(!simulation.succeeded);
    assert_eq!(simulation.movements, []);
}

#[tokio::test]
async fn an_account_without_coins_for_gas_can_be_simulated() {
    let ground = ground().await;
    let token = ground.deploy(TOKEN).await;
    let (raw, hash) = sealed(&tx(OWNER, 1, transfer(token, ALICE, 5)));
    assert_eq!(ground.chains.broadcast(CHAIN, &raw).await, Answer::Accepted);
    ground.mined(hash).await;
    let simulation = simulate(&ground, ALICE, &transfer(token, BOB, 5)).await;
    assert!(simulation.succeeded, "{:?}", simulation.error);
}
