//! Limits, gates, and what is simulated only.

use vaultpilot_core::{BaseUnits, Duration, Token, Wei};
use vaultpilot_ports::chain::FeeQuote;
use vaultpilot_ports::strategy_plane::RunStatus;
use vaultpilot_testkit::fixture::{eth, milli_eth};

use super::{HOUR, apply, drive, finish, hourly, next_hour, received, shown, story};
use crate::house::House;

/// Leases are over after a minute.
const LATER: Duration = Duration::from_secs(61);

fn fees(gwei: u128) -> FeeQuote {
    let fee = |gwei: u128| Wei(gwei * 1_000_000_000);
    FeeQuote {
        base_fee: fee(gwei),
        max_fee_per_gas: fee(gwei * 2),
        max_priority_fee_per_gas: fee(1),
    }
}

#[tokio::test(start_paused = true)]
async fn a_day_spends_its_limit_and_the_next_day_its_own() {
    let house = House::new().await;
    house.execute();
    let mut spec = hourly();
    spec.limits.max_per_day = Some("0.5".to_owned());
    apply(&house, spec).await;
    // From one in the morning to one in the morning.
    for hour in 1..=25 {
        for done in next_hour(&house).await {
            if done.status == RunStatus::Submitted {
                finish(&house, &done).await;
            } else {
                assert_eq!(done.code.as_deref(), Some("max_per_day"), "hour {hour}");
            }
        }
        if hour == 23 {
            assert_eq!(received(&house), milli_eth(500));
            assert_eq!(shown(&house).await.spent_today, "0.5");
        }
    }
    drive(&house).await;
    // Midnight and one o'clock of the next day.
    assert_eq!(received(&house), milli_eth(1000));
    let view = shown(&house).await;
    assert_eq!((view.begun, view.succeeded, view.skipped), (4, 4, 21));
    assert_eq!(
        (view.spent_total.as_str(), view.spent_today.as_str()),
        ("1", "0.5")
    );
}

#[tokio::test(start_paused = true)]
async fn runs_and_totals_end_it() {
    for (total, runs, told) in [
        (Some("0.6"), None, "max_total"),
        (None, Some(2), "max_runs"),
    ] {
        let house = House::new().await;
        house.execute();
        let mut spec = hourly();
        spec.limits.max_total = total.map(str::to_owned);
        spec.limits.max_runs = runs;
        apply(&house, spec.clone()).await;
        for _ in 0..4 {
            for done in next_hour(&house).await {
                finish(&house, &done).await;
            }
        }
        drive(&house).await;
        let view = shown(&house).await;
        assert_eq!(
            (view.state.as_str(), view.code.as_deref()),
            ("finished", Some(told))
        );
        assert_eq!(received(&house), milli_eth(500));
        // More room wakes it.
        spec.limits.max_total = Some("0.75".to_owned());
        spec.limits.max_runs = None;
        assert_eq!(apply(&house, spec).await.state, "active");
        finish(&house, &next_hour(&house).await[0]).await;
        assert!(next_hour(&house).await.is_empty());
        assert_eq!(received(&house), milli_eth(750));
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_gate_is_looked_at_again() {
    let house = House::new().await;
    house.execute();
    let mut spec = hourly();
    spec.gates.max_base_fee_gwei = Some("2.5".to_owned());
    apply(&house, spec).await;
    house.chain.set_fees(fees(3));
    let waits = next_hour(&house).await;
    assert_eq!(
        (waits[0].status, waits[0].code.as_deref()),
        (RunStatus::Leased, Some("base_fee"))
    );
    assert_eq!(house.payments().await, 0);
    assert!(
        drive(&house).await.is_empty(),
        "not before its lease is over"
    );
    house.clock.advance(LATER);
    assert_eq!(drive(&house).await[0].code.as_deref(), Some("base_fee"));
    house.chain.set_fees(fees(2));
    house.clock.advance(LATER);
    let open = drive(&house).await;
    assert_eq!((open[0].status, open[0].epoch), (RunStatus::Submitted, 3));
    finish(&house, &open[0]).await;
    assert_eq!(received(&house), milli_eth(250));
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_stays_closed_skips_the_run() {
    let house = House::new().await;
    let mut spec = hourly();
    spec.gates.min_wallet_balance = Some("50".to_owned());
    spec.schedule.when = vaultpilot_strategy::When::Interval(24 * HOUR);
    apply(&house, spec).await;
    let treasury = house.wallet("treasury").await;
    house.chain.fund(treasury.address, Token::Native, eth(49));
    house.clock.advance(24 * HOUR);
    drive(&house).await;
    assert_eq!(story(&house).await, ["leased (wallet_balance)"]);
    house.clock.advance(HOUR);
    drive(&house).await;
    assert_eq!(story(&house).await, ["skipped (wallet_balance)"]);
    assert_eq!(
        (house.payments().await, shown(&house).await.skipped),
        (0, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn the_next_tick_ends_a_run_that_waits() {
    let house = House::new().await;
    let mut spec = hourly();
    spec.gates.max_base_fee_gwei = Some("0.5".to_owned());
    apply(&house, spec).await;
    next_hour(&house).await;
    next_hour(&house).await;
    assert_eq!(
        story(&house).await,
        ["skipped (base_fee)", "leased (base_fee)"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_pays_nothing() {
    let house = House::new().await;
    house.execute();
    let mut spec = hourly();
    spec.dry_run = true;
    apply(&house, spec.clone()).await;
    assert_eq!(next_hour(&house).await[0].status, RunStatus::Simulated);
    // It is judged all the same.
    let mut above = spec.clone();
    above.body = vaultpilot_testkit::fixture::recurring("1.5", spec.schedule.when.clone()).body;
    apply(&house, above).await;
    let denied = next_hour(&house).await;
    assert_eq!(
        (denied[0].status, denied[0].code.as_deref()),
        (RunStatus::Denied, Some("per_tx_limit"))
    );
    house.settle().await;
    assert_eq!(house.payments().await, 0);
    let view = shown(&house).await;
    assert_eq!(
        (
            view.begun,
            view.succeeded,
            view.denied,
            view.spent_total.as_str()
        ),
        (2, 1, 1, "0")
    );
    assert_eq!(house.reserved().await, BaseUnits::ZERO);
}

#[tokio::test(start_paused = true)]
async fn history_is_cut_and_the_sums_are_kept() {
    let house = House::new().await;
    let mut spec = hourly();
    spec.dry_run = true;
    spec.run_history_limit = 3;
    apply(&house, spec).await;
    for _ in 0..7 {
        next_hour(&house).await;
    }
    assert_eq!(story(&house).await.len(), 3);
    assert_eq!(shown(&house).await.succeeded, 7);
}
