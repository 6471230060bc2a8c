//! On time, late, and in a zone whose clock jumps.

use vaultpilot_core::{BaseUnits, Duration};
use vaultpilot_ports::StrategyPlane;
use vaultpilot_ports::strategy_plane::RunStatus;
use vaultpilot_strategy::{CatchUp, When};
use vaultpilot_testkit::fixture::{at, milli_eth, once, recurring, second};

use super::{
    HOUR, apply, drive, finish, hourly, lease, next, next_hour, received, runs, shown, story,
};
use crate::house::{House, code};

#[tokio::test(start_paused = true)]
async fn every_hour_it_pays_and_the_money_arrives() {
    let house = House::new().await;
    house.execute();
    let made = apply(&house, hourly()).await;
    assert_eq!(
        (made.state.as_str(), made.kind.as_str()),
        ("active", "recurring_transfer")
    );
    assert_eq!(next(&house).await, Some(second(3600)));
    assert!(drive(&house).await.is_empty(), "nothing is due yet");

    for hour in 1..=3_u64 {
        let done = next_hour(&house).await;
        assert_eq!(done.len(), 1);
        assert_eq!(
            done[0].planned_at,
            second(3600 * i64::try_from(hour).unwrap()).to_string()
        );
        assert_eq!(done[0].status, RunStatus::Submitted);
        assert_eq!(done[0].amount.as_deref(), Some("0.25"));
        finish(&house, &done[0]).await;
        assert_eq!(received(&house), milli_eth(250 * hour));
    }
    // The same payment three times within the duplicate window of nobody: a schedule means it.
    assert!(drive(&house).await.is_empty());
    let view = shown(&house).await;
    assert_eq!((view.begun, view.succeeded, view.failed), (3, 3, 0));
    assert_eq!(
        (view.spent_total.as_str(), view.spent_today.as_str()),
        ("0.75", "0.75")
    );
    assert_eq!(view.next_run_at, Some(second(4 * 3600).to_string()));
    assert_eq!(view.last_run.unwrap().status, RunStatus::Paid);
    assert!(view.active_run.is_none());
    assert_eq!(story(&house).await, ["paid", "paid", "paid"]);
    assert_eq!(house.payments().await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_minute_is_no_duplicate_of_the_minute_before() {
    let house = House::new().await;
    house.execute();
    let minute = Duration::from_mins(1);
    apply(&house, recurring("0.1", When::Interval(minute))).await;
    for _ in 0..2 {
        house.clock.advance(minute);
        let done = drive(&house).await;
        assert_eq!(done[0].status, RunStatus::Submitted);
        finish(&house, &done[0]).await;
    }
    assert_eq!(received(&house), milli_eth(200));
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_is_skipped_or_made_up_for_once() {
    for (catch_up, told) in [
        (CatchUp::Skip, "skipped (missed)"),
        (CatchUp::RunOnce, "paid"),
    ] {
        let house = House::new().await;
        house.execute();
        let mut spec = hourly();
        spec.schedule.catch_up = catch_up;
        apply(&house, spec).await;
        // Nobody was there for five ticks and a half hour.
        house.clock.advance(5 * HOUR + HOUR / 2);
        for done in drive(&house).await {
            finish(&house, &done).await;
        }
        assert!(drive(&house).await.is_empty(), "once for all of them");
        assert_eq!(story(&house).await, [told]);
        assert_eq!(next(&house).await, Some(second(6 * 3600)));
        house.clock.advance(HOUR / 2);
        let done = drive(&house).await;
        finish(&house, &done[0]).await;
        drive(&house).await;
        assert_eq!(story(&house).await, [told, "paid"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_little_late_is_on_time() {
    let house = House::new().await;
    apply(&house, hourly()).await;
    house.clock.advance(HOUR + Duration::from_mins(5));
    assert_eq!(drive(&house).await.len(), 1);
    house.clock.advance(HOUR + Duration::from_secs(1));
    assert_eq!(drive(&house).await.len(), 0, "a second later it was missed");
}

#[tokio::test(start_paused = true)]
async fn once_is_once() {
    let house = House::new().await;
    house.execute();
    apply(&house, once("0.5", second(600))).await;
    house.clock.advance(Duration::from_mins(10));
    let done = drive(&house).await;
    finish(&house, &done[0]).await;
    assert!(next_hour(&house).await.is_empty());
    let view = shown(&house).await;
    assert_eq!(
        (view.state.as_str(), view.code.as_deref()),
        ("finished", Some("schedule_ended"))
    );
    assert_eq!((view.succeeded, next(&house).await), (1, None));
    assert_eq!(received(&house), milli_eth(500));
    // Applied again as it is, it stays what it is.
    let again = apply(&house, once("0.5", second(600))).await;
    assert_eq!(again.state, "finished");
    assert!(next_hour(&house).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_past_when_it_is_written_down_is_never_paid() {
    let house = House::new().await;
    house.clock.advance(HOUR);
    let mut spec = once("0.5", second(600));
    spec.schedule.catch_up = CatchUp::RunOnce;
    let made = apply(&house, spec).await;
    assert_eq!(made.state, "finished");
    assert!(next_hour(&house).await.is_empty());
    assert_eq!(received(&house), BaseUnits::ZERO);
}

/// On 2026-03-29 Berlin's clock jumps from 02:00 to 03:00, on 2026-10-25 back from 03:00 to 02:00.
#[tokio::test(start_paused = true)]
async fn a_day_has_one_run_even_where_its_hour_is_missing_or_comes_twice() {
    for (start, planned) in [
        (
            "2026-03-27T12:00:00Z",
            [
                "2026-03-28T01:30:00Z",
                "2026-03-29T01:00:00Z",
                "2026-03-30T00:30:00Z",
            ],
        ),
        (
            "2026-10-23T12:00:00Z",
            [
                "2026-10-24T00:30:00Z",
                "2026-10-25T00:30:00Z",
                "2026-10-26T01:30:00Z",
            ],
        ),
    ] {
        let house = House::new().await;
        house.clock.set(at(start));
        let mut spec = recurring("0.1", When::Cron("30 2 * * *".to_owned()));
        spec.schedule.time_zone = "Europe/Berlin".to_owned();
        spec.limits.max_per_day = Some("0.1".to_owned());
        apply(&house, spec).await;
        let mut seen = Vec::new();
        // Looked at every quarter of an hour for three days, as a runtime would at least.
        for _ in 0..3 * 24 * 4 {
            house.clock.advance(HOUR / 4);
            seen.extend(drive(&house).await);
            house.tick().await;
        }
        let ticks: Vec<_> = runs(&house)
            .await
            .into_iter()
            .rev()
            .map(|run| run.planned_at)
            .collect();
        assert_eq!(ticks, planned);
        // Not one day's limit was in the way of another day's run. The executor is away, so that a
        // payment that is not signed holds the next one back.
        assert_eq!(seen[0].status, RunStatus::Submitted);
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_frozen_runs_nothing() {
    let house = House::new().await;
    apply(&house, hourly()).await;
    house.clock.advance(HOUR);
    let mut tx = vaultpilot_ports::Store::begin(&house.store, house.tenant)
        .await
        .unwrap();
    let mut tenant = tx.tenant_fetch().await.unwrap().unwrap();
    tenant.state = vaultpilot_core::TenantState::Frozen {
        reason: "incident".to_owned(),
        at: second(0),
    };
    tx.tenant_update(&tenant).await.unwrap();
    tx.commit().await.unwrap();
    assert!(lease(&house.app, &house, "one").await.is_empty());
    assert_eq!(next(&house).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_holder_has_a_name_and_wants_something() {
    let house = House::new().await;
    for holder in ["", "a\nb", &"x".repeat(129)] {
        let leased = house.app.strategy_lease(house.tenant, holder, 1).await;
        assert_eq!(code(leased), "holder_malformed");
    }
    let leased = house.app.strategy_lease(house.tenant, "one", 0).await;
    assert_eq!(code(leased), "limit_out_of_range");
}
