//! The kill switch works at every moment before a signature is stored.

use std::sync::Arc;

use vaultpilot_core::{BaseUnits, Role};
use vaultpilot_intent::StateName;
use vaultpilot_ports::control_plane::{PaymentStatus, TransactionRef, WalletRef};
use vaultpilot_ports::{ControlPlane, Fault};

use crate::house::{Gate, House, code, id, payment, treasury};

#[tokio::test(start_paused = true)]
async fn frozen_after_it_was_allowed_it_is_refused() {
    let house = House::new().await;
    let view = house.pay(&payment("0.1")).await;
    assert_eq!(view.status, PaymentStatus::Submitted);
    house
        .app
        .wallet_freeze(&house.trader, &treasury(), "odd request")
        .await
        .unwrap();
    house.execute();
    house.until(id(&view), StateName::Refused).await;
    let told = house
        .app
        .transaction(&house.trader, &TransactionRef::Id(id(&view)))
        .await
        .unwrap();
    assert_eq!(told.reason.as_deref(), Some("frozen"));
    assert_eq!(
        (house.reserved().await, house.used().await.as_str()),
        (BaseUnits::ZERO, "0")
    );
    assert!(house.keys.signed().is_empty() && house.chain.broadcasts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn frozen_while_it_is_being_signed_nothing_is_sent() {
    let house = House::new().await;
    let gate = Gate::before(house.keys.clone());
    let mut parts = house.executor("one");
    parts.signer = Arc::clone(&gate) as _;
    let view = house.pay(&payment("0.1")).await;
    house.execute_with(parts);
    gate.reached().await;
    house
        .app
        .person_wallet_freeze(&house.owner, &treasury(), "stolen laptop")
        .await
        .unwrap();
    gate.open();
    house.until(id(&view), StateName::Refused).await;
    assert_eq!(
        house.keys.signed().len(),
        1,
        "the signature was made, and is worth nothing"
    );
    assert!(house.chain.broadcasts().is_empty());
    assert_eq!(house.used().await, "0");
}

#[tokio::test(start_paused = true)]
async fn withdrawn_while_it_is_being_signed_nothing_is_sent() {
    let house = House::new().await;
    let gate = Gate::before(house.keys.clone());
    let mut parts = house.executor("one");
    parts.signer = Arc::clone(&gate) as _;
    let request = payment("0.1");
    let view = house.pay(&request).await;
    house.execute_with(parts);
    gate.reached().await;
    let name = request.request_id.unwrap();
    house
        .app
        .cancel(&house.trader, name.as_str())
        .await
        .unwrap();
    gate.open();
    house.settle().await;
    assert_eq!(
        house.intent(id(&view)).await.0.state.name(),
        StateName::Cancelled
    );
    assert!(house.chain.broadcasts().is_empty());
    // Its nonce was not taken: the next payment has it.
    let next = house.pay(&payment("0.2")).await;
    let next = house.finish(id(&next)).await;
    assert_eq!(next.state.tx().unwrap().nonce, 0);
}

#[tokio::test(start_paused = true)]
async fn a_frozen_wallet_pays_nothing_until_an_owner_thaws_it() {
    let house = House::new().await;
    house.execute();
    house
        .app
        .wallet_freeze(&house.trader, &treasury(), "odd request")
        .await
        .unwrap();
    assert_eq!(
        code(house.app.transfer(&house.trader, &payment("0.1")).await),
        "frozen"
    );
    for role in [Role::Agent, Role::Viewer, Role::Approver] {
        let caller = house.caller(&format!("who-{}", role as u8), role).await;
        let thawed = house.app.person_wallet_thaw(&caller, &treasury()).await;
        assert_eq!(thawed.unwrap_err(), Fault::Forbidden);
    }
    // Freezing again keeps the first reason; reads go on.
    let again = house
        .app
        .person_wallet_freeze(&house.owner, &treasury(), "second")
        .await
        .unwrap();
    assert_eq!(again.state_reason.as_deref(), Some("odd request"));
    let shown = house
        .app
        .wallet_fetch(&house.trader, &treasury())
        .await
        .unwrap();
    assert_eq!(shown.state, "frozen");
    house
        .app
        .person_wallet_thaw(&house.owner, &treasury())
        .await
        .unwrap();
    let view = house.pay(&payment("0.1")).await;
    house.finish(id(&view)).await;
}

#[tokio::test(start_paused = true)]
async fn freezing_needs_words() {
    let house = House::new().await;
    for reason in ["", "  ", "\u{7}\n"] {
        let fault = house
            .app
            .wallet_freeze(&house.trader, &treasury(), reason)
            .await;
        assert_eq!(code(fault), "reason_empty");
    }
    let nobody: WalletRef = "nobodys".parse().unwrap();
    assert_eq!(
        code(house.app.wallet_freeze(&house.trader, &nobody, "why").await),
        "not_found"
    );
    let long = "x".repeat(500);
    let frozen = house
        .app
        .wallet_freeze(&house.trader, &treasury(), &long)
        .await
        .unwrap();
    assert_eq!(frozen.state_reason.unwrap().len(), 200);
}
