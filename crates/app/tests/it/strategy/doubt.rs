//! Whoever dies, and whoever races: a tick has one run, a run has one payment.

use tokio::task::JoinSet;
use vaultpilot_core::{BaseUnits, Duration, Token};
use vaultpilot_ports::strategy_plane::{LeasedTick, RunStatus};
use vaultpilot_ports::{Fault, Store, StrategyPlane};
use vaultpilot_strategy::Body;
use vaultpilot_testkit::chain::Ask;
use vaultpilot_testkit::fixture::{address, milli_eth, second, strategy, tenant_id};
use vaultpilot_testkit::store::FailPoint;

use super::{HOUR, apply, drive, finish, hourly, lease, next, received, shown, story};
use crate::house::{House, code};

/// Longer than a lease.
const LATER: Duration = Duration::from_secs(61);

async fn due(house: &House) -> LeasedTick {
    apply(house, hourly()).await;
    house.clock.advance(HOUR);
    let mut ticks = lease(&house.app, house, "one").await;
    assert_eq!(ticks.len(), 1);
    ticks.remove(0)
}

async fn trigger(
    house: &House,
    holder: &str,
    tick: &LeasedTick,
) -> Result<vaultpilot_ports::strategy_plane::RunView, Fault> {
    house
        .app
        .strategy_run(house.tenant, holder, tick.run, tick.epoch)
        .await
}

#[tokio::test(start_paused = true)]
async fn of_many_holders_one_gets_the_tick() {
    let house = House::new().await;
    apply(&house, hourly()).await;
    house.clock.advance(HOUR);
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        let app = house.beside(&house.feed);
        let tenant = house.tenant;
        tasks.spawn(async move {
            let holder = format!("pod-{number}");
            let ticks = app.strategy_lease(tenant, &holder, 10).await.unwrap();
            let mut runs = Vec::new();
            for tick in ticks {
                runs.push(
                    app.strategy_run(tenant, &holder, tick.run, tick.epoch)
                        .await,
                );
            }
            runs
        });
    }
    let runs: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].as_ref().unwrap().status, RunStatus::Submitted);
    assert_eq!(house.payments().await, 1);
}

#[tokio::test(start_paused = true)]
async fn who_asks_twice_or_at_once_pays_once() {
    let house = House::new().await;
    house.execute();
    let tick = due(&house).await;
    let (one, other) = tokio::join!(trigger(&house, "one", &tick), trigger(&house, "one", &tick));
    // One of them may have been told that somebody was faster; nobody paid twice.
    let paid: Vec<_> = [one, other].into_iter().flatten().collect();
    assert!(!paid.is_empty());
    let again = trigger(&house, "one", &tick).await.unwrap();
    assert_eq!(again.transaction_id, paid[0].transaction_id);
    finish(&house, &again).await;
    assert_eq!(
        (house.payments().await, received(&house)),
        (1, milli_eth(250))
    );
    // Whoever was second did not end what the first one had begun.
    drive(&house).await;
    assert_eq!(story(&house).await, ["paid"]);
    assert_eq!(shown(&house).await.spent_total, "0.25");
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_dies_is_followed_by_another() {
    let house = House::new().await;
    house.execute();
    let dead = due(&house).await;
    assert_eq!(next(&house).await, Some(dead.lease_until));
    assert!(
        lease(&house.app, &house, "two").await.is_empty(),
        "it is held"
    );
    house.clock.advance(LATER);
    let heir = lease(&house.app, &house, "two").await.remove(0);
    assert_eq!((heir.run, heir.epoch), (dead.run, dead.epoch + 1));
    // It was not dead after all.
    assert_eq!(code(trigger(&house, "one", &dead).await), "lease_lost");
    assert_eq!(code(trigger(&house, "two", &dead).await), "lease_lost");
    let run = trigger(&house, "two", &heir).await.unwrap();
    finish(&house, &run).await;
    // Late, it is told how the run stands.
    let told = trigger(&house, "one", &dead).await.unwrap();
    assert_eq!((told.transaction_id, told.epoch), (run.transaction_id, 2));
    assert_eq!(
        (house.payments().await, received(&house)),
        (1, milli_eth(250))
    );
}

/// The transaction that records the payment was lost, or its answer was.
#[tokio::test(start_paused = true)]
async fn whatever_commit_is_lost_the_payment_is_one() {
    for point in [
        FailPoint::Commit,
        FailPoint::CommitAnswer,
        FailPoint::Audit,
        FailPoint::Begin,
    ] {
        let house = House::new().await;
        house.execute();
        let tick = due(&house).await;
        house.store.fail_next(point);
        let lost = trigger(&house, "one", &tick).await;
        assert!(lost.is_err_and(|fault| fault.is_retryable()), "{point:?}");
        house.clock.advance(LATER);
        // Whoever looks next goes on where it stands.
        for heir in lease(&house.app, &house, "two").await {
            trigger(&house, "two", &heir).await.unwrap();
        }
        let run = trigger(&house, "one", &tick).await.unwrap();
        finish(&house, &run).await;
        drive(&house).await;
        assert_eq!(story(&house).await, ["paid"], "{point:?}");
        let view = shown(&house).await;
        assert_eq!(
            (view.begun, view.spent_total.as_str()),
            (1, "0.25"),
            "{point:?}"
        );
        assert_eq!(
            (house.payments().await, received(&house)),
            (1, milli_eth(250))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_chain_that_is_away_is_waited_for_and_not_for_ever() {
    let house = House::new().await;
    let away = vaultpilot_ports::ChainError::Unreachable {
        chain: house.chain.id(),
        detail: "down".to_owned(),
    };
    house.chain.fail(Ask::Fees, away);
    let tick = due(&house).await;
    assert_eq!(
        code(trigger(&house, "one", &tick).await),
        "chain_unreachable"
    );
    // For an hour it is tried again, and then it is too late; the next tick is on its way.
    let mut tries = 0;
    while tries < 100 && story(&house).await == ["leased"] {
        house.clock.advance(LATER);
        for tick in lease(&house.app, &house, "one").await {
            let _ = trigger(&house, "one", &tick).await;
        }
        tries += 1;
    }
    assert_eq!(story(&house).await[0], "skipped (late)");
    house.chain.heal(Ask::Fees);
    house.clock.advance(HOUR);
    assert_eq!(drive(&house).await[0].status, RunStatus::Submitted);
    assert_eq!(house.payments().await, 1);
}

#[tokio::test(start_paused = true)]
async fn another_tenant_has_no_run_and_nobody_else_its_name() {
    let house = House::new().await;
    let tick = due(&house).await;
    let stranger = tenant_id();
    let run = house
        .app
        .strategy_run(stranger, "one", tick.run, tick.epoch)
        .await;
    assert_eq!(code(run), "not_found");
    assert!(
        house
            .app
            .strategy_lease(stranger, "one", 10)
            .await
            .unwrap()
            .is_empty()
    );
    // An agent that guesses the name of the payment to come does not take it.
    let mut request = crate::house::payment("0.1");
    request.request_id = Some(tick.run.to_string().parse().unwrap());
    let taken =
        vaultpilot_ports::ControlPlane::transfer(house.app.as_ref(), &house.trader, &request);
    assert_eq!(code(taken.await), "request_id_reserved");
    assert_eq!(
        trigger(&house, "one", &tick).await.unwrap().status,
        RunStatus::Submitted
    );
    assert_eq!(received(&house), BaseUnits::ZERO);
}

/// What cannot be read any more stops itself, and nobody beside it.
#[tokio::test(start_paused = true)]
async fn a_broken_strategy_stops_no_other() {
    let house = House::new().await;
    apply(&house, hourly()).await;
    let treasury = house.wallet("treasury").await;
    let mut broken = strategy(&treasury, "broken").due(second(1800)).build();
    broken.spec.schedule.time_zone = "Europe/Atlantis".to_owned();
    let mut tx = house.store.begin(house.tenant).await.unwrap();
    tx.strategy_insert(&broken).await.unwrap();
    tx.commit().await.unwrap();
    house.clock.advance(HOUR);
    let done = drive(&house).await;
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].status, RunStatus::Submitted);
}

/// A token behind a proxy counts in other units one day: limits in the old ones hold nothing back.
#[tokio::test(start_paused = true)]
async fn a_token_that_counts_anew_is_not_paid() {
    let house = House::new().await;
    let token = address(0x70);
    house.chain.deploy(token, 6, "USDC");
    let mut spec = hourly();
    let mut payment = spec.payment().clone();
    payment.token = Token::Erc20(token);
    spec.body = Body::RecurringTransfer(payment);
    apply(&house, spec).await;
    house.chain.deploy(token, 18, "USDC");
    house.clock.advance(HOUR);
    let done = drive(&house).await;
    assert_eq!(done[0].code.as_deref(), Some("decimals_changed"));
    assert_eq!(house.payments().await, 0);
}
