//! Letting a strategy go: what is not signed is withdrawn, what is signed is waited for.

use vaultpilot_intent::StateName;
use vaultpilot_ports::StrategyPlane;
use vaultpilot_ports::resource_plane::Release;
use vaultpilot_ports::strategy_plane::RunStatus;
use vaultpilot_strategy::ApprovalRule;
use vaultpilot_testkit::fixture::{label, milli_eth};

use super::{HOUR, apply, finish, hourly, lease, next, next_hour, payroll, received, shown};
use crate::house::{House, code};

async fn detach(house: &House) -> Release {
    let name = label("payroll");
    let released = house.app.person_strategy_detach(&house.owner, &name);
    released.await.unwrap()
}

/// The run by its id, after its strategy's name is gone.
async fn status(house: &House, run: vaultpilot_core::RunId) -> RunStatus {
    let run = house.app.strategy_run(house.tenant, "one", run, 1).await;
    run.unwrap().status
}

#[tokio::test(start_paused = true)]
async fn a_leased_run_is_cancelled_and_the_name_is_free() {
    let house = House::new().await;
    let old = apply(&house, hourly()).await;
    house.clock.advance(HOUR);
    let tick = lease(&house.app, &house, "one").await.remove(0);
    assert_eq!(detach(&house).await, Release::Done);
    assert_eq!(status(&house, tick.run).await, RunStatus::Cancelled);
    assert_eq!((house.payments().await, next(&house).await), (0, None));
    assert_eq!(
        detach(&house).await,
        Release::Done,
        "nothing is left to let go"
    );
    let gone = house
        .app
        .person_strategy(&house.owner, &label("payroll"))
        .await;
    assert_eq!(code(gone), "not_found");
    let new = apply(&house, hourly()).await;
    assert_ne!(new.id, old.id);
    assert_eq!((new.begun, new.state.as_str()), (0, "active"));
}

#[tokio::test(start_paused = true)]
async fn a_payment_that_waits_for_a_person_is_withdrawn() {
    let house = House::new().await;
    house.execute();
    let mut spec = hourly();
    spec.approval = ApprovalRule::EveryRun;
    apply(&house, spec).await;
    let run = next_hour(&house).await.remove(0);
    assert_eq!(detach(&house).await, Release::Done);
    let id = run.transaction_id.unwrap().parse().unwrap();
    house.until(id, StateName::Cancelled).await;
    assert_eq!(
        status(&house, run.id.parse().unwrap()).await,
        RunStatus::Cancelled
    );
    assert!(next_hour(&house).await.is_empty());
    assert_eq!(house.reserved().await, vaultpilot_core::BaseUnits::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_signed_payment_blocks_until_it_is_over() {
    let house = House::new().await;
    house.execute();
    apply(&house, hourly()).await;
    let run = next_hour(&house).await.remove(0);
    let id = run.transaction_id.clone().unwrap();
    house.until(id.parse().unwrap(), StateName::Broadcast).await;
    for _ in 0..2 {
        let Release::Blocked { reason, by, .. } = detach(&house).await else {
            panic!("it is signed");
        };
        assert_eq!(
            (reason.as_str(), by),
            ("TransactionPending", vec![id.clone()])
        );
    }
    let view = shown(&house).await;
    assert_eq!(
        (view.state.as_str(), view.code.as_deref()),
        ("detaching", Some("detaching"))
    );
    let again = house
        .app
        .person_strategy_apply(&house.owner, &payroll(hourly()))
        .await;
    assert_eq!(code(again), "strategy_detaching");
    assert!(next_hour(&house).await.is_empty());
    finish(&house, &run).await;
    assert_eq!(detach(&house).await, Release::Done);
    assert_eq!(
        status(&house, run.id.parse().unwrap()).await,
        RunStatus::Paid
    );
    assert_eq!(
        (house.payments().await, received(&house)),
        (1, milli_eth(250))
    );
}
