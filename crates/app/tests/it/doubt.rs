//! `deny_when_in_doubt`: what cannot be known, judged or written down does not happen.

use vaultpilot_core::{BaseUnits, Token, Wei};
use vaultpilot_intent::StateName;
use vaultpilot_ports::chain::{FeeQuote, Movement, Simulation};
use vaultpilot_ports::control_plane::{ListQuery, TransactionRef, WalletRef};
use vaultpilot_ports::{ChainError, ControlPlane};
use vaultpilot_testkit::chain::Ask;
use vaultpilot_testkit::fixture::{CHAIN, address, milli_eth};
use vaultpilot_testkit::store::FailPoint;

use crate::house::{House, SHOP, code, id, payment, treasury};

fn away() -> ChainError {
    ChainError::Unreachable {
        chain: CHAIN,
        detail: "scripted".to_owned(),
    }
}

async fn nothing_happened(house: &House) {
    house.settle().await;
    assert_eq!(
        (house.payments().await, house.reserved().await),
        (0, BaseUnits::ZERO)
    );
    assert!(house.keys.signed().is_empty() && house.chain.broadcasts().is_empty());
    house.audit().await;
}

#[tokio::test(start_paused = true)]
async fn deny_when_in_doubt_reads_without_an_audit_entry_are_not_answered() {
    let house = House::new().await;
    let list = async || {
        house
            .app
            .wallet_list(&house.trader, &ListQuery::default())
            .await
    };
    for point in [FailPoint::Audit, FailPoint::Begin, FailPoint::Commit] {
        house.store.fail_next(point);
        let fault = list().await.unwrap_err();
        assert_eq!(fault.code(), "audit_unavailable", "{point:?}");
        assert!(fault.is_retryable());
        assert_eq!(list().await.unwrap().items.len(), 1);
    }
    // Also the answer that somebody is unknown, and that something is not there.
    house.store.fail_next(FailPoint::Audit);
    let nobody = "vp_test_nobody".to_owned().into();
    let name = vaultpilot_testkit::fixture::label("acme");
    let refused = house.app.authenticate(&name, &nobody, None).await;
    assert_eq!(code(refused), "audit_unavailable");
    house.store.fail_next(FailPoint::Audit);
    let nowhere: WalletRef = "nowhere".parse().unwrap();
    let refused = house.app.wallet_fetch(&house.trader, &nowhere).await;
    assert_eq!(code(refused), "audit_unavailable");
}

#[tokio::test(start_paused = true)]
async fn deny_when_in_doubt_a_payment_that_cannot_be_recorded_does_not_happen() {
    for point in [FailPoint::Begin, FailPoint::Audit, FailPoint::Commit] {
        let house = House::new().await;
        house.execute();
        house.store.fail_next(point);
        let request = payment("0.1");
        let fault = house
            .app
            .transfer(&house.trader, &request)
            .await
            .unwrap_err();
        assert!(fault.is_retryable(), "{point:?} {fault:?}");
        nothing_happened(&house).await;
        let view = house.pay(&request).await;
        house.finish(id(&view)).await;
        assert_eq!(house.chain.broadcasts().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn no_lost_intent_when_the_answer_of_the_store_is_lost() {
    let house = House::new().await;
    house.store.fail_next(FailPoint::CommitAnswer);
    let request = payment("0.1");
    let fault = house
        .app
        .transfer(&house.trader, &request)
        .await
        .unwrap_err();
    assert!(fault.is_retryable());
    house.execute();
    let view = house.pay(&request).await;
    house.finish(id(&view)).await;
    assert_eq!(
        (house.payments().await, house.chain.broadcasts().len()),
        (1, 1)
    );
    assert_eq!(house.balance(address(SHOP)), milli_eth(100));
}

#[tokio::test(start_paused = true)]
async fn deny_when_in_doubt_with_the_chain_away_nothing_is_recorded() {
    for ask in [Ask::Fees, Ask::Gas, Ask::Balance] {
        let house = House::new().await;
        house.execute();
        house.chain.fail(ask, away());
        let request = payment("0.1");
        let fault = house
            .app
            .transfer(&house.trader, &request)
            .await
            .unwrap_err();
        assert_eq!(
            (fault.code(), fault.is_retryable()),
            ("chain_unreachable", true),
            "{ask:?}"
        );
        nothing_happened(&house).await;
        house.chain.heal(ask);
        let view = house.pay(&request).await;
        house.finish(id(&view)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn deny_when_in_doubt_what_cannot_be_simulated_is_not_signed_yet() {
    for ask in [Ask::Simulate, Ask::Nonces, Ask::Fees] {
        let house = House::new().await;
        let view = house.pay(&payment("0.1")).await;
        house.chain.fail(ask, away());
        house.execute();
        house.settle().await;
        assert_eq!(
            house.intent(id(&view)).await.0.state.name(),
            StateName::Authorized,
            "{ask:?}"
        );
        assert!(house.keys.signed().is_empty());
        assert_eq!(house.used().await, "0.1", "it stays reserved");
        house.chain.heal(ask);
        house.until(id(&view), StateName::Broadcast).await;
        house.finish(id(&view)).await;
        assert_eq!(house.chain.broadcasts().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_sealed_key_provider_is_waited_for() {
    let house = House::new().await;
    let view = house.pay(&payment("0.1")).await;
    house.keys.seal(true);
    house.execute();
    house.settle().await;
    assert_eq!(
        house.intent(id(&view)).await.0.state.name(),
        StateName::Authorized
    );
    house.keys.seal(false);
    house.clock.advance(std::time::Duration::from_secs(2));
    house.until(id(&view), StateName::Broadcast).await;
    house.finish(id(&view)).await;
}

#[tokio::test(start_paused = true)]
async fn a_simulation_that_does_something_else_is_refused_and_released() {
    let house = House::new().await;
    let treasury = house.wallet("treasury").await;
    let moves = |to: u64, milli: u64| Movement {
        asset: vaultpilot_core::Asset::native(CHAIN),
        from: treasury.address,
        to: address(to),
        amount: milli_eth(milli),
    };
    let of_token = |to: u64| Movement {
        asset: vaultpilot_core::Asset::erc20(CHAIN, address(0x70)),
        ..moves(to, 1)
    };
    let cases = [
        ("simulation_mismatch", true, vec![moves(SHOP, 101)]),
        ("simulation_mismatch", true, vec![moves(SHOP, 99)]),
        ("simulation_mismatch", true, vec![moves(0xbad, 100)]),
        (
            "simulation_mismatch",
            true,
            vec![moves(SHOP, 100), moves(0xbad, 1)],
        ),
        (
            "simulation_mismatch",
            true,
            vec![moves(SHOP, 100), of_token(SHOP)],
        ),
        ("simulation_mismatch", true, vec![]),
        ("simulation_failed", false, vec![]),
    ];
    house.execute();
    for (expected, succeeded, movements) in cases {
        let error = (!succeeded).then(|| "out of gas".to_owned());
        let simulation = Simulation {
            succeeded,
            error,
            gas_used: 21_000,
            movements,
        };
        house.chain.set_simulation(Some(simulation.clone()));
        let view = house.pay(&payment("0.1")).await;
        house.until(id(&view), StateName::Refused).await;
        let told = TransactionRef::Id(id(&view));
        let told = house.app.transaction(&house.trader, &told).await.unwrap();
        assert!(told.reason.unwrap().starts_with(expected), "{simulation:?}");
        assert_eq!(
            (house.reserved().await, house.used().await.as_str()),
            (BaseUnits::ZERO, "0")
        );
    }
    assert!(house.keys.signed().is_empty() && house.chain.broadcasts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_comes_in_is_no_spending() {
    let house = House::new().await;
    let treasury = house.wallet("treasury").await;
    let native = vaultpilot_core::Asset::native(CHAIN);
    let out = Movement {
        asset: native,
        from: treasury.address,
        to: address(SHOP),
        amount: milli_eth(100),
    };
    let refund = Movement {
        from: address(SHOP),
        to: treasury.address,
        ..out
    };
    let movements = vec![out, refund];
    let simulation = Simulation {
        succeeded: true,
        error: None,
        gas_used: 21_000,
        movements,
    };
    house.chain.set_simulation(Some(simulation));
    house.execute();
    let view = house.pay(&payment("0.1")).await;
    house.finish(id(&view)).await;
}

#[tokio::test(start_paused = true)]
async fn fees_above_what_was_reserved_are_not_signed() {
    let house = House::new().await;
    let view = house.pay(&payment("0.1")).await;
    let gwei = |count: u128| Wei(count * 1_000_000_000);
    house.chain.set_fees(FeeQuote {
        base_fee: gwei(4),
        max_fee_per_gas: gwei(9),
        max_priority_fee_per_gas: gwei(1),
    });
    house.execute();
    house.until(id(&view), StateName::Refused).await;
    let told = TransactionRef::Id(id(&view));
    let told = house.app.transaction(&house.trader, &told).await.unwrap();
    assert_eq!(told.reason.as_deref(), Some("gas_limit"));
    assert_eq!(house.used().await, "0");
    assert!(house.keys.signed().is_empty());
}

#[tokio::test(start_paused = true)]
async fn coins_that_are_promised_cannot_be_promised_again() {
    let house = House::new().await;
    let poor = house.wallet("treasury").await;
    house
        .chain
        .fund(poor.address, Token::Native, milli_eth(500));
    assert!(house.pay(&payment("0.3")).await.decision.is_allow());
    let second = house.pay(&payment("0.25")).await;
    assert_eq!(
        second.decision.reasons[0].code.as_str(),
        "insufficient_funds"
    );
    assert!(house.pay(&payment("0.1")).await.decision.is_allow());
}

#[tokio::test(start_paused = true)]
async fn without_a_policy_value_stays_where_it_is() {
    let house = House::new().await;
    house.execute();
    let guard = vaultpilot_testkit::fixture::label("guard");
    house.app.policy_delete(&house.owner, &guard).await.unwrap();
    assert_eq!(
        code(house.app.transfer(&house.trader, &payment("0.1")).await),
        "tool_not_allowed"
    );
    nothing_happened(&house).await;
    assert!(
        house
            .app
            .wallet_fetch(&house.trader, &treasury())
            .await
            .is_ok()
    );
}
