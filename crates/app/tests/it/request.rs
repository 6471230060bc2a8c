//! Retries and repetitions: a name means one payment, and a payment twice is asked about.

use tokio::task::JoinSet;
use vaultpilot_core::{BaseUnits, Duration};
use vaultpilot_intent::StateName;
use vaultpilot_policy::ReasonCode;
use vaultpilot_ports::ControlPlane;
use vaultpilot_ports::control_plane::{PaymentStatus, TransferRequest};
use vaultpilot_testkit::fixture::{address, milli_eth};

use crate::house::{House, SHOP, code, id, payment};

#[tokio::test(start_paused = true)]
async fn one_request_id_is_one_transaction_and_one_broadcast() {
    let house = House::new().await;
    house.execute();
    let request = payment("0.1");
    let mut racing = JoinSet::new();
    for _ in 0..8 {
        let (app, trader, request) = (house.app.clone(), house.trader.clone(), request.clone());
        racing.spawn(async move { app.transfer(&trader, &request).await.unwrap() });
    }
    let views = racing.join_all().await;
    let first = id(&views[0]);
    assert!(views.iter().all(|view| id(view) == first));
    house.finish(first).await;
    let late = house.pay(&request).await;
    assert_eq!((id(&late), late.status), (first, PaymentStatus::Executed));
    assert_eq!(house.chain.broadcasts().len(), 1);
    assert_eq!(house.balance(address(SHOP)), milli_eth(100));
    assert_eq!(house.payments().await, 1);
}

#[tokio::test(start_paused = true)]
async fn one_request_id_for_another_payment_is_a_conflict() {
    let house = House::new().await;
    house.execute();
    let request = payment("0.1");
    house.pay(&request).await;
    let others = [
        TransferRequest {
            amount: "0.2".to_owned(),
            ..request.clone()
        },
        TransferRequest {
            to: address(1),
            ..request.clone()
        },
    ];
    for other in others {
        let fault = house.app.transfer(&house.trader, &other).await;
        assert_eq!(code(fault), "request_conflict");
    }
    // The same amount written otherwise is the same payment.
    let same = TransferRequest {
        amount: "0.100".to_owned(),
        ..request
    };
    assert_eq!(house.pay(&same).await.status, PaymentStatus::Submitted);
    assert_eq!(
        (house.payments().await, house.chain.broadcasts().len()),
        (1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_payment_again_is_held_back_until_it_is_meant() {
    let house = House::new().await;
    house.execute();
    let first = house.pay(&payment("0.1")).await;
    let twin = payment("0.1");
    let held = house.pay(&twin).await;
    assert_eq!(held.status, PaymentStatus::Denied);
    assert_eq!(
        held.decision.reasons[0].code,
        ReasonCode::DuplicateSuspected
    );
    assert_eq!(held.duplicate_of, first.transaction_id);
    assert_eq!((held.transaction_id, house.payments().await), (None, 1));

    let wrong = TransferRequest {
        confirm_duplicate_of: Some(vaultpilot_testkit::fixture::intent_id()),
        ..twin.clone()
    };
    assert_eq!(house.pay(&wrong).await.status, PaymentStatus::Denied);
    house.clock.advance(Duration::from_secs(1));
    let meant = TransferRequest {
        confirm_duplicate_of: Some(id(&first)),
        ..twin
    };
    let second = house.pay(&meant).await;
    assert_eq!(second.status, PaymentStatus::Submitted);
    // A third one is one too many again: the earlier one it looks like is the second now.
    let third = TransferRequest {
        confirm_duplicate_of: Some(id(&first)),
        ..payment("0.1")
    };
    assert_eq!(house.pay(&third).await.duplicate_of, second.transaction_id);

    house.clock.advance(Duration::from_secs(121));
    assert_eq!(
        house.pay(&payment("0.1")).await.status,
        PaymentStatus::Submitted
    );
    house.finish(id(&second)).await;
    assert_eq!(house.used().await, "0.3");
}

#[tokio::test(start_paused = true)]
async fn what_came_to_nothing_is_no_duplicate() {
    let house = House::new().await;
    let request = payment("0.6");
    let waiting = house.pay(&request).await;
    let held = house.pay(&payment("0.6")).await;
    assert_eq!(held.duplicate_of, waiting.transaction_id);
    let name = request.request_id.unwrap();
    house
        .app
        .cancel(&house.trader, name.as_str())
        .await
        .unwrap();
    assert_eq!(
        house.pay(&payment("0.6")).await.status,
        PaymentStatus::PendingApproval
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_signed_cannot_be_withdrawn() {
    let house = House::new().await;
    let request = payment("0.1");
    let view = house.pay(&request).await;
    let name = request.request_id.unwrap();
    let stranger = house.caller("stranger", vaultpilot_core::Role::Agent).await;
    assert_eq!(
        code(house.app.cancel(&stranger, name.as_str()).await),
        "not_found"
    );

    house.execute();
    house.until(id(&view), StateName::Broadcast).await;
    assert_eq!(
        code(house.app.cancel(&house.trader, name.as_str()).await),
        "not_cancellable"
    );
    assert_eq!(
        code(house.app.cancel(&house.trader, "short").await),
        "request_id_malformed"
    );
    house.finish(id(&view)).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_not_signed_can_be_withdrawn_once_for_all() {
    let house = House::new().await;
    let request = payment("0.1");
    let view = house.pay(&request).await;
    let name = request.request_id.clone().unwrap();
    for _ in 0..2 {
        let gone = house
            .app
            .cancel(&house.trader, name.as_str())
            .await
            .unwrap();
        assert_eq!((gone.status, id(&gone)), (PaymentStatus::Failed, id(&view)));
    }
    house.execute();
    house.settle().await;
    assert_eq!(
        (house.reserved().await, house.used().await.as_str()),
        (BaseUnits::ZERO, "0")
    );
    assert!(house.keys.signed().is_empty());
    assert_eq!(
        house.pay(&request).await.status,
        PaymentStatus::Failed,
        "the name is used up"
    );
}
