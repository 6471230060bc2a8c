//! What a payment is from the first word to the last block.

use tokio::task::JoinSet;
use vaultpilot_core::{BaseUnits, Token};
use vaultpilot_intent::StateName;
use vaultpilot_policy::ReasonCode;
use vaultpilot_ports::ControlPlane;
use vaultpilot_ports::control_plane::{PaymentStatus, TransactionRef, TransferRequest};
use vaultpilot_testkit::fixture::{address, eth, milli_eth};

use crate::house::{House, SHOP, code, id, payment, state};

#[tokio::test(start_paused = true)]
async fn within_limits_it_is_reserved_signed_sent_and_final() {
    let house = House::new().await;
    house.execute();
    let view = house.pay(&payment("0.25")).await;
    assert_eq!(view.status, PaymentStatus::Submitted);
    assert!(view.decision.is_allow());
    assert_eq!(state(&view), "broadcast");
    assert_eq!(house.chain.broadcasts().len(), 1);

    let gas = house
        .intent(id(&view))
        .await
        .0
        .fees
        .max_cost()
        .unwrap()
        .to_base_units();
    assert_eq!(house.reserved().await, milli_eth(250).saturating_add(gas));
    assert_eq!(house.used().await, "0.25");

    house.chain.mine();
    house.until(id(&view), StateName::Confirmed).await;
    assert_eq!(
        house.reserved().await,
        BaseUnits::ZERO,
        "what is spent is not reserved any more"
    );
    assert_eq!(house.used().await, "0.25", "and still counts");

    house.chain.mine_blocks(1);
    house.until(id(&view), StateName::Final).await;
    let done = house
        .app
        .transaction(&house.trader, &TransactionRef::Id(id(&view)))
        .await
        .unwrap();
    assert_eq!(done.status, PaymentStatus::Executed);
    assert_eq!(house.balance(address(SHOP)), milli_eth(250));
    // The gas on record is the gas the chain took.
    let gas = BaseUnits::parse(&done.tx.unwrap().gas_paid.unwrap(), 18).unwrap();
    let left = eth(100).saturating_sub(milli_eth(250)).saturating_sub(gas);
    assert_eq!(house.balance(house.wallet("treasury").await.address), left);
    assert_eq!(house.keys.signed().len(), 1);
    assert_eq!(house.chain.broadcasts().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_paid_under_its_own_limit() {
    let house = House::new().await;
    house.execute();
    let token = address(0x70);
    house.chain.deploy(token, 6, "USDC");
    let treasury = house.wallet("treasury").await;
    house.chain.fund(
        treasury.address,
        Token::Erc20(token),
        BaseUnits::from_u128(50_000_000),
    );
    let pay = |amount| TransferRequest {
        token: Token::Erc20(token),
        ..payment(amount)
    };
    let unlisted = house.pay(&pay("1")).await;
    assert_eq!(
        unlisted.decision.reasons[0].code,
        ReasonCode::AssetNotAllowed
    );

    house
        .apply(&format!(
            r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: {{ name: guard }}
spec:
  selector: {{ wallets: ["*"], agents: ["*"] }}
  chains: ["eip155:31337"]
  tools: {{ allow: ["*"] }}
  assets: [{{ chain: "eip155:31337", token: "{token}", perTx: "10" }}]
  recipients: {{ newRecipient: allow }}
"#
        ))
        .await;
    let above = house.pay(&pay("10.000001")).await;
    assert_eq!(above.decision.reasons[0].code, ReasonCode::PerTxLimit);
    let view = house.pay(&pay("10")).await;
    house.finish(id(&view)).await;
    let paid = house.chain.balance_of(address(SHOP), Token::Erc20(token));
    assert_eq!(paid, BaseUnits::from_u128(10_000_000));
}

#[tokio::test(start_paused = true)]
async fn above_a_limit_it_is_denied_with_numbers_and_nothing_is_reserved() {
    let house = House::new().await;
    house.execute();
    let request = payment("1.5");
    let view = house.pay(&request).await;
    assert_eq!(
        (view.status, state(&view)),
        (PaymentStatus::Denied, "denied")
    );
    let reason = &view.decision.reasons[0];
    assert_eq!(reason.code, ReasonCode::PerTxLimit);
    assert_eq!(reason.limit.as_deref(), Some("1"));
    assert_eq!(reason.requested.as_deref(), Some("1.5"));
    assert_eq!(reason.would_pass.as_deref(), Some("1"));
    assert!(view.message.contains("per_tx_limit"), "{}", view.message);

    house.settle().await;
    assert_eq!(
        (house.reserved().await, house.used().await.as_str()),
        (BaseUnits::ZERO, "0")
    );
    assert!(house.keys.signed().is_empty() && house.chain.broadcasts().is_empty());
    // Asked again under the same name it is the same answer, whatever policy says by then.
    house
        .apply(&crate::house::GUARD.replace("perTx: \"1\"", "perTx: \"9\""))
        .await;
    let again = house.pay(&request).await;
    assert_eq!(
        (again.status, id(&again)),
        (PaymentStatus::Denied, id(&view))
    );
}

#[tokio::test(start_paused = true)]
async fn a_rolling_window_is_never_exceeded_by_payments_at_once() {
    let house = House::new().await;
    house.execute();
    let mut racing = JoinSet::new();
    for shop in 0..20 {
        let (app, trader) = (house.app.clone(), house.trader.clone());
        let request = TransferRequest {
            to: address(0x1000 + shop),
            ..payment("0.15")
        };
        racing.spawn(async move { app.transfer(&trader, &request).await.unwrap() });
    }
    let views = racing.join_all().await;
    let (passed, denied): (Vec<_>, Vec<_>) =
        views.iter().partition(|view| view.decision.is_allow());
    // 13 × 0.15 = 1.95; a fourteenth would be 2.1.
    assert_eq!((passed.len(), denied.len()), (13, 7));
    for view in denied {
        assert_eq!(view.decision.reasons[0].code, ReasonCode::RollingLimit);
    }
    for view in passed {
        house.finish(id(view)).await;
    }
    assert_eq!(house.used().await, "1.95");
    let paid: Vec<_> = (0..20)
        .filter(|shop| !house.balance(address(0x1000 + shop)).is_zero())
        .collect();
    assert_eq!(paid.len(), 13);
    // Nonces are taken in order, one each.
    let mut nonces: Vec<u64> = Vec::new();
    for view in views.iter().filter(|view| view.decision.is_allow()) {
        nonces.push(house.intent(id(view)).await.0.state.tx().unwrap().nonce);
    }
    nonces.sort_unstable();
    assert_eq!(nonces, (0..13).collect::<Vec<_>>());

    // The window slides: a day later there is room again.
    house.clock.advance(vaultpilot_core::clock::days(1));
    assert!(house.pay(&payment("0.5")).await.decision.is_allow());
}

#[tokio::test(start_paused = true)]
async fn a_reverted_payment_costs_gas_and_no_budget() {
    let house = House::new().await;
    house.execute();
    let view = house.pay(&payment("0.25")).await;
    let intent = house.until(id(&view), StateName::Broadcast).await;
    house
        .chain
        .revert(intent.state.tx().unwrap().hash)
        .mine_blocks(3);
    house.until(id(&view), StateName::Reverted).await;
    assert_eq!(
        (house.reserved().await, house.used().await.as_str()),
        (BaseUnits::ZERO, "0")
    );
    assert!(house.balance(address(SHOP)).is_zero());
    assert_ne!(house.balance(intent.from), eth(100));
}

#[tokio::test(start_paused = true)]
async fn bad_input_is_a_typed_error_and_changes_nothing() {
    let house = House::new().await;
    house.execute();
    let good = payment("0.1");
    let token = address(0x70);
    house.chain.deploy(token, 6, "USDC");
    let with = |change: fn(&mut TransferRequest)| {
        let mut request = payment("0.1");
        change(&mut request);
        request
    };
    let on_token = TransferRequest {
        token: Token::Erc20(token),
        ..good.clone()
    };
    let cases = [
        ("amount_zero", with(|it| it.amount = "0".to_owned())),
        ("amount_zero", with(|it| it.amount = "0.000".to_owned())),
        ("request_id_missing", with(|it| it.request_id = None)),
        ("memo_too_long", with(|it| it.memo = Some("x".repeat(201)))),
        (
            "chain_unknown",
            with(|it| it.chain = vaultpilot_testkit::fixture::OTHER_CHAIN),
        ),
        (
            "not_a_token",
            with(|it| it.token = Token::Erc20(address(0x71))),
        ),
        (
            "recipient_is_token",
            TransferRequest {
                to: token,
                ..on_token
            },
        ),
        (
            "not_found",
            with(|it| it.wallet = "nobodys".parse().unwrap()),
        ),
    ];
    for (expected, request) in cases {
        assert_eq!(
            code(house.app.transfer(&house.trader, &request).await),
            expected
        );
    }
    for amount in [
        "-1",
        "1e3",
        "0x1",
        " 1",
        "1.",
        "0.0000000000000000001",
        "",
        "NaN",
        &"9".repeat(200),
    ] {
        let request = TransferRequest {
            amount: amount.to_owned(),
            ..payment("1")
        };
        let fault = house
            .app
            .transfer(&house.trader, &request)
            .await
            .unwrap_err();
        assert!(fault.code().starts_with("amount_"), "{amount}: {fault:?}");
    }
    house.settle().await;
    assert_eq!(
        (house.payments().await, house.reserved().await),
        (0, BaseUnits::ZERO)
    );
    assert!(house.keys.signed().is_empty());
}

#[tokio::test(start_paused = true)]
async fn checking_and_simulating_move_nothing() {
    let house = House::new().await;
    house.execute();
    let (app, trader) = (&house.app, &house.trader);
    let request = payment("0.25");
    let checked = app.check(trader, &request).await.unwrap();
    assert_eq!(checked.status, PaymentStatus::Simulated);
    let simulated = app.simulate(trader, &request).await.unwrap();
    assert_eq!(simulated.status, PaymentStatus::Simulated);
    assert!(simulated.simulation.unwrap().succeeded);
    let dry = TransferRequest {
        dry_run: true,
        ..request.clone()
    };
    assert_eq!(
        app.transfer(trader, &dry).await.unwrap().status,
        PaymentStatus::Simulated
    );
    let denied = app.check(trader, &payment("3")).await.unwrap();
    assert_eq!(denied.status, PaymentStatus::Denied);

    house.settle().await;
    assert_eq!(
        (house.payments().await, house.used().await.as_str()),
        (0, "0")
    );
    assert!(house.keys.signed().is_empty());
    // A dry run takes no request id, and looks like no earlier payment.
    assert_eq!(house.pay(&request).await.status, PaymentStatus::Submitted);
}
