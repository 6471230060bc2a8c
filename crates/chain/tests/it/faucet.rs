//! Test coins.

use serde_json::json;
use vaultpilot_chain::{ChainSpec, Chains, EndpointGuard, FaucetKind};
use vaultpilot_core::{BaseUnits, Token};
use vaultpilot_ports::{ChainError, ChainReader, Faucet};

use crate::fixture::{ALICE, CHAIN, ELSEWHERE, ETHER, ground, reach, slow_ground, spec};
use crate::rogue::lossy;

#[tokio::test]
async fn coins_arrive() {
    let ground = ground().await;
    let amount = BaseUnits::from_u128(5 * ETHER);
    let hash = ground.chains.fund(CHAIN, ALICE, amount).await.unwrap();
    assert!(ground.mined(hash).await.succeeded);
    assert_eq!(
        ground.chains.balance(CHAIN, ALICE, Token::Native).await,
        Ok(amount)
    );
}

#[tokio::test]
async fn more_than_the_faucet_has_is_refused() {
    let ground = ground().await;
    let amount = BaseUnits::from_u128(1_000_000 * ETHER);
    let error = ground.chains.fund(CHAIN, ALICE, amount).await.unwrap_err();
    assert!(matches!(error, ChainError::Reverted { .. }), "{error:?}");
    assert_eq!(
        ground.chains.balance(CHAIN, ALICE, Token::Native).await,
        Ok(BaseUnits::ZERO)
    );
}

#[tokio::test]
async fn a_chain_without_a_faucet_says_so() {
    let ground = ground().await;
    let dry = ChainSpec {
        faucet: FaucetKind::None,
        ..spec(&[&ground.devnet.url()])
    };
    let chains = Chains::new(vec![dry], EndpointGuard::local()).unwrap();
    assert!(!chains.chains()[0].faucet);
    let error = chains
        .fund(CHAIN, ALICE, BaseUnits::from_u128(1))
        .await
        .unwrap_err();
    assert_eq!(error, ChainError::NoFaucet { chain: CHAIN });
    let error = chains
        .fund(ELSEWHERE, ALICE, BaseUnits::from_u128(1))
        .await
        .unwrap_err();
    assert_eq!(error, ChainError::Unknown { chain: ELSEWHERE });
}

#[tokio::test]
async fn a_lost_answer_funds_once() {
    let ground = slow_ground().await;
    let lossy = lossy(ground.devnet.url(), "eth_sendTransaction", 1).await;
    let chains = reach(&[&lossy.url, &ground.devnet.url()]);
    let amount = BaseUnits::from_u128(ETHER);
    let error = chains.fund(CHAIN, ALICE, amount).await.unwrap_err();
    assert!(matches!(error, ChainError::Unreachable { .. }), "{error:?}");
    ground.rpc("anvil_mine", json!([])).await;
    assert_eq!(
        ground.chains.balance(CHAIN, ALICE, Token::Native).await,
        Ok(amount)
    );
}
