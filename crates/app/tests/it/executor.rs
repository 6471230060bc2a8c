//! `no_double_spend`, `no_lost_intent`: whatever nodes answer and whoever else signs, one payment is
//! one transaction, and its budget says what the chain says.

use std::sync::Arc;

use vaultpilot_core::{BaseUnits, Duration};
use vaultpilot_intent::{Answer, StateName};
use vaultpilot_ports::ControlPlane;
use vaultpilot_ports::control_plane::{PaymentStatus, TransferRequest};
use vaultpilot_testkit::chain::Reach;
use vaultpilot_testkit::fixture::{address, milli_eth};

use crate::house::{Gate, House, SHOP, code, id, payment};

const BAD_ANSWERS: [Answer; 4] = [
    Answer::Unclear,
    Answer::NonceTooLow,
    Answer::Underpriced,
    Answer::Rejected,
];

/// All broadcasts so far were of these bytes.
fn sent_only(house: &House, hash: vaultpilot_core::B256) -> usize {
    let sent = house.chain.broadcasts();
    assert!(sent.iter().all(|it| *it == hash), "{sent:?}");
    sent.len()
}

#[tokio::test(start_paused = true)]
async fn no_double_spend_when_bytes_are_lost_they_are_sent_again() {
    for answer in BAD_ANSWERS {
        let house = House::new().await;
        house.execute();
        house.chain.answer_next(answer, Reach::Nowhere);
        let view = house.pay(&payment("0.1")).await;
        assert_eq!(view.status, PaymentStatus::Ambiguous, "{answer:?}");
        let hash = house
            .until(id(&view), StateName::Ambiguous)
            .await
            .state
            .tx()
            .unwrap()
            .hash;
        house.settle().await;
        assert_eq!(
            (sent_only(&house, hash), house.used().await.as_str()),
            (1, "0.1")
        );
        assert!(!house.reserved().await.is_zero(), "it stays reserved");

        house.clock.advance(Duration::from_secs(4));
        house.until(id(&view), StateName::Broadcast).await;
        assert_eq!(sent_only(&house, hash), 2);
        house.finish(id(&view)).await;
        assert_eq!(
            (house.balance(address(SHOP)), house.used().await.as_str()),
            (milli_eth(100), "0.1")
        );
        assert_eq!(house.keys.signed().len(), 1, "nothing is signed twice");
    }
}

#[tokio::test(start_paused = true)]
async fn no_lost_intent_when_bytes_arrived_the_receipt_is_found() {
    for answer in BAD_ANSWERS {
        let house = House::new().await;
        house.execute();
        house.chain.answer_next(answer, Reach::Pool);
        let view = house.pay(&payment("0.1")).await;
        let hash = house
            .until(id(&view), StateName::Ambiguous)
            .await
            .state
            .tx()
            .unwrap()
            .hash;
        house.clock.advance(Duration::from_mins(1));
        house.settle().await;
        assert_eq!(sent_only(&house, hash), 1, "{answer:?}: the pool knows it");
        house.finish(id(&view)).await;
        assert_eq!(
            (house.balance(address(SHOP)), house.used().await.as_str()),
            (milli_eth(100), "0.1")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_never_takes_it_keeps_it_reserved() {
    let house = House::new().await;
    house.execute();
    for _ in 0..50 {
        house.chain.answer_next(Answer::Rejected, Reach::Nowhere);
    }
    let view = house.pay(&payment("0.1")).await;
    let hash = house
        .until(id(&view), StateName::Ambiguous)
        .await
        .state
        .tx()
        .unwrap()
        .hash;
    for _ in 0..5 {
        // Longer each time: nodes are not flooded.
        house.clock.advance(Duration::from_mins(10));
        house.settle().await;
    }
    assert_eq!(sent_only(&house, hash), 6);
    assert_eq!(
        house.intent(id(&view)).await.0.state.name(),
        StateName::Ambiguous
    );
    assert_eq!(house.used().await, "0.1");
    // The next payment waits behind it, rather than make a gap.
    let next = house
        .pay(&TransferRequest {
            to: address(1),
            ..payment("0.1")
        })
        .await;
    assert_eq!(
        house.intent(id(&next)).await.0.state.name(),
        StateName::Authorized
    );
}

#[tokio::test(start_paused = true)]
async fn a_dropped_transaction_is_sent_again() {
    let house = House::new().await;
    house.execute();
    let view = house.pay(&payment("0.1")).await;
    let hash = house
        .until(id(&view), StateName::Broadcast)
        .await
        .state
        .tx()
        .unwrap()
        .hash;
    assert!(house.chain.forget(hash));
    house.clock.advance(Duration::from_secs(4));
    house.settle().await;
    assert_eq!(sent_only(&house, hash), 2);
    house.finish(id(&view)).await;
}

#[tokio::test(start_paused = true)]
async fn a_reorganised_block_is_recounted_and_the_same_bytes_sent_again() {
    for forgotten in [false, true] {
        let house = House::new().await;
        house.execute();
        let view = house.pay(&payment("0.1")).await;
        let intent = house.until(id(&view), StateName::Broadcast).await;
        let hash = intent.state.tx().unwrap().hash;
        let reserved = house.reserved().await;
        house.chain.mine();
        house.until(id(&view), StateName::Confirmed).await;
        assert_eq!(house.reserved().await, BaseUnits::ZERO);

        house.chain.reorganise(1);
        if forgotten {
            assert!(house.chain.forget(hash));
        }
        house.until(id(&view), StateName::Broadcast).await;
        assert_eq!(sent_only(&house, hash), 2);
        assert_eq!(
            (house.reserved().await, house.used().await.as_str()),
            (reserved, "0.1")
        );
        assert!(house.balance(address(SHOP)).is_zero());

        // In another block it ends differently, and the budget says so.
        house.chain.revert(hash).mine_blocks(3);
        house.until(id(&view), StateName::Reverted).await;
        assert_eq!(
            (house.reserved().await, house.used().await.as_str()),
            (BaseUnits::ZERO, "0")
        );
        assert_eq!(house.keys.signed().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_nonce_used_outside_before_signing_halts_the_wallet() {
    let house = House::new().await;
    house.execute();
    let first = house.pay(&payment("0.1")).await;
    house.finish(id(&first)).await;
    house
        .chain
        .take_nonce(house.wallet("treasury").await.address);
    let view = house.pay(&payment("0.2")).await;
    house.until(id(&view), StateName::Refused).await;
    assert_eq!(
        house
            .app
            .person_wallet(&house.owner, &crate::house::treasury())
            .await
            .unwrap()
            .state,
        "halted"
    );
    assert_eq!(house.notices.alerts().len(), 1);
    assert_eq!(
        (house.used().await.as_str(), house.keys.signed().len()),
        ("0.1", 1)
    );
    assert_eq!(
        code(house.app.transfer(&house.trader, &payment("0.3")).await),
        "frozen"
    );

    // A person looks and thaws it: it goes on from where the chain is, and halts at the next gap.
    let treasury = crate::house::treasury();
    house
        .app
        .person_wallet_thaw(&house.owner, &treasury)
        .await
        .unwrap();
    let resumed = house.pay(&payment("0.4")).await;
    house.finish(id(&resumed)).await;
    assert_eq!(
        house.intent(id(&resumed)).await.0.state.tx().unwrap().nonce,
        2
    );
    house
        .chain
        .take_nonce(house.wallet("treasury").await.address);
    let view = house.pay(&payment("0.5")).await;
    house.until(id(&view), StateName::Refused).await;
    let wallet = house
        .app
        .person_wallet(&house.owner, &treasury)
        .await
        .unwrap();
    assert_eq!(wallet.state, "halted");
}

#[tokio::test(start_paused = true)]
async fn a_nonce_used_outside_after_signing_ends_the_payment_and_halts_the_wallet() {
    let house = House::new().await;
    house.execute();
    for _ in 0..50 {
        house.chain.answer_next(Answer::NonceTooLow, Reach::Nowhere);
    }
    let view = house.pay(&payment("0.1")).await;
    house
        .chain
        .take_nonce(house.wallet("treasury").await.address);
    house.clock.advance(Duration::from_secs(4));
    house.settle().await;
    // One look at a node proves nothing; only blocks do.
    assert_eq!(
        house.intent(id(&view)).await.0.state.name(),
        StateName::Ambiguous
    );
    assert_eq!(house.used().await, "0.1");
    house.chain.mine_blocks(3);
    house.until(id(&view), StateName::Dropped).await;
    assert_eq!(
        (house.reserved().await, house.used().await.as_str()),
        (BaseUnits::ZERO, "0")
    );
    assert_eq!(
        code(house.app.transfer(&house.trader, &payment("0.2")).await),
        "frozen"
    );
    // A person has looked: it goes on with the next nonce.
    house
        .app
        .person_wallet_thaw(&house.owner, &crate::house::treasury())
        .await
        .unwrap();
    house.chain.mine();
    let next = house.pay(&payment("0.2")).await;
    let signed = house.until(id(&next), StateName::Ambiguous).await;
    assert_eq!(signed.state.tx().unwrap().nonce, 1);
}

#[tokio::test(start_paused = true)]
async fn no_double_spend_by_two_executors_of_one_store() {
    let house = House::new().await;
    house.execute_with(house.executor("one"));
    house.execute_with(house.executor("two"));
    let mut ids = Vec::new();
    for shop in 0..5 {
        let request = TransferRequest {
            to: address(0x2000 + shop),
            ..payment("0.1")
        };
        ids.push(id(&house.pay(&request).await));
        // Leases run out now and then, and whoever comes first has the lane.
        house.clock.advance(Duration::from_secs(6));
    }
    for it in &ids {
        house.finish(*it).await;
    }
    let sent = house.chain.broadcasts();
    let distinct: std::collections::BTreeSet<_> = sent.iter().collect();
    assert_eq!((distinct.len(), house.keys.signed().len()), (5, 5));
    assert!((0..5).all(|shop| house.balance(address(0x2000 + shop)) == milli_eth(100)));
}

#[tokio::test(start_paused = true)]
async fn no_double_spend_an_executor_that_lost_its_lease_is_fenced() {
    let house = House::new().await;
    let gate = Gate::before(house.keys.clone());
    let mut sleeper = house.executor("sleeper");
    sleeper.signer = Arc::clone(&gate) as _;
    let view = house.pay(&payment("0.1")).await;
    house.execute_with(sleeper);
    gate.reached().await;
    // It sleeps past its lease, at the worst moment; another takes over, and pays otherwise.
    house.clock.advance(Duration::from_secs(6));
    house.execute_with(house.executor("other"));
    let signed = house.until(id(&view), StateName::Broadcast).await;
    gate.open();
    house.settle().await;
    let (after, _) = house.intent(id(&view)).await;
    assert_eq!(after.state.tx(), signed.state.tx(), "what is stored stays");
    assert_eq!(sent_only(&house, signed.state.tx().unwrap().hash), 1);
    house.finish(id(&view)).await;
    assert_eq!(house.balance(address(SHOP)), milli_eth(100));
}

#[tokio::test(start_paused = true)]
async fn no_double_spend_an_executor_that_sleeps_while_sending_sends_the_same_bytes() {
    let house = House::new().await;
    let gate = Gate::before(house.chain.clone());
    let mut sleeper = house.executor("sleeper");
    sleeper.broadcaster = Arc::clone(&gate) as _;
    let view = house.pay(&payment("0.1")).await;
    house.execute_with(sleeper);
    gate.reached().await;
    assert_eq!(
        house.intent(id(&view)).await.0.state.name(),
        StateName::Signed
    );
    house.clock.advance(Duration::from_secs(6));
    house.execute_with(house.executor("other"));
    let sent = house.until(id(&view), StateName::Broadcast).await;
    gate.open();
    house.settle().await;
    assert_eq!(sent_only(&house, sent.state.tx().unwrap().hash), 2);
    house.finish(id(&view)).await;
    assert_eq!(
        (house.balance(address(SHOP)), house.keys.signed().len()),
        (milli_eth(100), 1)
    );
}

#[tokio::test(start_paused = true)]
async fn no_lost_intent_when_the_store_fails_at_any_write_of_the_executor() {
    use vaultpilot_testkit::store::FailPoint;

    // The writes of a payment's life: signed, broadcast, confirmed, final.
    for point in [
        FailPoint::Begin,
        FailPoint::Audit,
        FailPoint::Commit,
        FailPoint::CommitAnswer,
    ] {
        for state in [
            StateName::Authorized,
            StateName::Broadcast,
            StateName::Confirmed,
        ] {
            let house = House::new().await;
            let view = house.pay(&payment("0.1")).await;
            if state != StateName::Authorized {
                house.execute();
                house.until(id(&view), StateName::Broadcast).await;
            }
            if state == StateName::Confirmed {
                house.chain.mine();
                house.until(id(&view), StateName::Confirmed).await;
            }
            house.store.fail_next(point);
            house.store.fail_next(point);
            if state == StateName::Authorized {
                house.execute();
                house.until(id(&view), StateName::Broadcast).await;
            }
            let done = house.finish(id(&view)).await;
            sent_only(&house, done.state.tx().unwrap().hash);
            assert_eq!(
                house.balance(address(SHOP)),
                milli_eth(100),
                "{point:?} {state:?}"
            );
            assert_eq!(
                (house.reserved().await, house.used().await.as_str()),
                (BaseUnits::ZERO, "0.1")
            );
            house.audit().await;
        }
    }
}
