//! Strategies over the real App: what a runtime triggers, and what comes of it.

mod detach;
mod doubt;
mod edit;
mod limit;
mod refuse;
mod time;

use vaultpilot_app::{App, ApplyStrategy};
use vaultpilot_core::{BaseUnits, Duration, Timestamp};
use vaultpilot_intent::StateName;
use vaultpilot_ports::StrategyPlane;
use vaultpilot_ports::control_plane::ListQuery;
use vaultpilot_ports::strategy_plane::{LeasedTick, RunView, StrategyView};
use vaultpilot_strategy::{Spec, When};
use vaultpilot_testkit::fixture::{address, label, recurring};

use crate::house::{House, treasury};

const HOUR: Duration = Duration::from_hours(1);

/// Who the fixtures pay.
const PAYEE: u64 = 9;

/// A quarter of a coin every hour.
fn hourly() -> Spec {
    recurring("0.25", When::Interval(HOUR))
}

fn payroll(spec: Spec) -> ApplyStrategy {
    ApplyStrategy {
        name: label("payroll"),
        wallet: treasury(),
        spec,
        suspended: None,
    }
}

async fn apply(house: &House, spec: Spec) -> StrategyView {
    let applied = house
        .app
        .person_strategy_apply(&house.owner, &payroll(spec))
        .await;
    applied.unwrap()
}

async fn shown(house: &House) -> StrategyView {
    let name = label("payroll");
    let shown = house.app.person_strategy(&house.owner, &name).await;
    shown.unwrap()
}

/// Newest first.
async fn runs(house: &House) -> Vec<RunView> {
    let all = ListQuery {
        cursor: None,
        limit: Some(200),
    };
    let name = label("payroll");
    let listed = house.app.person_strategy_runs(&house.owner, &name, &all);
    listed.await.unwrap().items
}

/// Each run as a word, oldest first, with its code.
async fn story(house: &House) -> Vec<String> {
    let told = runs(house).await.into_iter().rev().map(|run| {
        let code = run.code.map(|code| format!(" ({code})"));
        format!("{}{}", run.status.as_str(), code.unwrap_or_default())
    });
    told.collect()
}

async fn lease(app: &App, house: &House, holder: &str) -> Vec<LeasedTick> {
    app.strategy_lease(house.tenant, holder, 10).await.unwrap()
}

/// What a runtime does when it wakes: leases what is due, and triggers it.
async fn drive(house: &House) -> Vec<RunView> {
    let mut views = Vec::new();
    for tick in lease(&house.app, house, "one").await {
        let run = house
            .app
            .strategy_run(house.tenant, "one", tick.run, tick.epoch)
            .await;
        views.push(run.unwrap());
    }
    views
}

/// The next hour has come, and the runtime with it.
async fn next_hour(house: &House) -> Vec<RunView> {
    house.clock.advance(HOUR);
    drive(house).await
}

async fn next(house: &House) -> Option<Timestamp> {
    house.app.strategy_next(house.tenant).await.unwrap()
}

/// Mines until the run's payment is final.
async fn finish(house: &House, run: &RunView) {
    let id = run.transaction_id.as_deref().unwrap().parse().unwrap();
    house.until(id, StateName::Broadcast).await;
    house.finish(id).await;
}

fn received(house: &House) -> BaseUnits {
    house.balance(address(PAYEE))
}
