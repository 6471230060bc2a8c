//! Applying: whole or not at all, once by each name, and owned by one resource at most.

use vaultpilot_app::ApplyStrategy;
use vaultpilot_core::{Managed, Quota, ResourceKind, Role};
use vaultpilot_ports::control_plane::WalletRef;
use vaultpilot_ports::resource_plane::{Release, StrategyWish};
use vaultpilot_ports::strategy_plane::RunStatus;
use vaultpilot_ports::{ResourcePlane, Store, StrategyPlane};
use vaultpilot_strategy::When;
use vaultpilot_testkit::fixture::{OTHER_CHAIN, label, milli_eth, once, recurring, second};

use super::{HOUR, apply, finish, hourly, lease, next_hour, payroll, received, shown};
use crate::house::{House, code};

async fn refused(house: &House, request: ApplyStrategy) -> String {
    code(
        house
            .app
            .person_strategy_apply(&house.owner, &request)
            .await,
    )
}

fn wish(uid: &str, spec: vaultpilot_strategy::Spec) -> StrategyWish {
    StrategyWish {
        by: Managed {
            kind: ResourceKind::Strategy,
            namespace: Some("vp-acme".to_owned()),
            name: "payroll".to_owned(),
            uid: uid.to_owned(),
        },
        tenant: label("acme"),
        name: label("payroll"),
        wallet: label("treasury"),
        spec,
        suspended: false,
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_told_at_once_and_nothing_is_stored() {
    let house = House::new().await;
    let mut spec = recurring("0", When::Cron("61 * * * *".to_owned()));
    spec.schedule.time_zone = "Europe/Atlantis".to_owned();
    let answer = house
        .app
        .person_strategy_apply(&house.owner, &payroll(spec))
        .await;
    let fault = answer.unwrap_err();
    assert_eq!(fault.code(), "time_zone_unknown");
    assert!(fault.to_string().contains("amount_zero"), "{fault}");
    let mut elsewhere = hourly();
    let mut payment = elsewhere.payment().clone();
    payment.chain = OTHER_CHAIN;
    elsewhere.body = vaultpilot_strategy::Body::RecurringTransfer(payment);
    let unknown = ApplyStrategy {
        wallet: WalletRef::Label(label("nobody")),
        ..payroll(hourly())
    };
    assert_eq!(refused(&house, unknown).await, "not_found");
    assert!(
        ["chain_unknown", "wallet_not_on_chain"]
            .contains(&&*refused(&house, payroll(elsewhere)).await)
    );
    let resting = ApplyStrategy {
        suspended: Some(" ".to_owned()),
        ..payroll(hourly())
    };
    assert_eq!(refused(&house, resting).await, "reason_empty");
    let mut view = house.store.read(house.tenant).await.unwrap();
    assert_eq!(view.strategy_count().await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn only_an_owner_writes_it() {
    let house = House::new().await;
    for role in [Role::Approver, Role::Viewer] {
        let caller = house
            .caller(&format!("{role:?}").to_lowercase(), role)
            .await;
        let applied = house
            .app
            .person_strategy_apply(&caller, &payroll(hourly()))
            .await;
        assert_eq!(code(applied), "forbidden");
    }
    let applied = house
        .app
        .person_strategy_apply(&house.trader, &payroll(hourly()))
        .await;
    assert_eq!(code(applied), "forbidden");
}

#[tokio::test(start_paused = true)]
async fn wallet_and_type_never_change() {
    let house = House::new().await;
    house.open("till").await;
    let made = apply(&house, hourly()).await;
    let moved = ApplyStrategy {
        wallet: WalletRef::Label(label("till")),
        ..payroll(hourly())
    };
    assert_eq!(refused(&house, moved).await, "wallet_immutable");
    let other = payroll(once("0.1", second(9000)));
    assert_eq!(refused(&house, other).await, "type_immutable");
    assert_eq!(shown(&house).await, made);
}

#[tokio::test(start_paused = true)]
async fn a_quota_ends_it() {
    let house = House::new().await;
    let mut tx = house.store.begin(house.tenant).await.unwrap();
    let mut tenant = tx.tenant_fetch().await.unwrap().unwrap();
    tenant.quota = Quota {
        max_strategies: Some(1),
        ..Quota::default()
    };
    tx.tenant_update(&tenant).await.unwrap();
    tx.commit().await.unwrap();
    apply(&house, hourly()).await;
    let second_one = ApplyStrategy {
        name: label("rent"),
        ..payroll(hourly())
    };
    assert_eq!(
        refused(&house, second_one.clone()).await,
        "too_many_strategies"
    );
    house
        .app
        .person_strategy_detach(&house.owner, &label("payroll"))
        .await
        .unwrap();
    house
        .app
        .person_strategy_apply(&house.owner, &second_one)
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn edited_before_it_is_triggered_it_pays_what_is_written_now() {
    let house = House::new().await;
    house.execute();
    let before = apply(&house, hourly()).await;
    house.clock.advance(HOUR);
    let tick = lease(&house.app, &house, "one").await.remove(0);
    let after = apply(&house, recurring("0.4", When::Interval(HOUR))).await;
    assert_eq!(before.id, after.id);
    assert_ne!(before.spec_hash, after.spec_hash);
    let run = house
        .app
        .strategy_run(house.tenant, "one", tick.run, tick.epoch)
        .await
        .unwrap();
    finish(&house, &run).await;
    assert_eq!(received(&house), milli_eth(400));
    // Edited after it, it stays what it was.
    apply(&house, recurring("0.5", When::Interval(HOUR))).await;
    let again = house
        .app
        .strategy_run(house.tenant, "one", tick.run, tick.epoch)
        .await
        .unwrap();
    assert_eq!(again.amount.as_deref(), Some("0.4"));
    assert_eq!(house.payments().await, 1);
}

#[tokio::test(start_paused = true)]
async fn applied_again_as_it_is_nothing_moves() {
    let house = House::new().await;
    apply(&house, hourly()).await;
    house.clock.advance(HOUR / 2);
    let entries = house.audit().await.len();
    let before = shown(&house).await;
    assert_eq!(apply(&house, hourly()).await, before);
    assert_eq!(house.audit().await.len(), entries);
}

#[tokio::test(start_paused = true)]
async fn what_a_resource_owns_is_changed_by_it_alone() {
    let house = House::new().await;
    house.execute();
    let made = house
        .app
        .strategy_apply(&wish("1", hourly()))
        .await
        .unwrap();
    assert_eq!(made.managed_by.as_deref(), Some("Strategy vp-acme/payroll"));
    assert_eq!(
        refused(&house, payroll(hourly())).await,
        "managed_by_resource"
    );
    let name = label("payroll");
    let rested = house
        .app
        .person_strategy_suspend(&house.owner, &name, "stop")
        .await;
    assert_eq!(code(rested), "managed_by_resource");
    let gone = house.app.person_strategy_detach(&house.owner, &name).await;
    assert_eq!(code(gone), "managed_by_resource");
    let mut stranger = wish("9", hourly());
    stranger.by.name = "other".to_owned();
    assert_eq!(
        code(house.app.strategy_apply(&stranger).await),
        "managed_by_other"
    );

    let mut resting = wish("1", hourly());
    resting.suspended = true;
    assert_eq!(
        house.app.strategy_apply(&resting).await.unwrap().state,
        "suspended"
    );
    assert_eq!(
        house
            .app
            .strategy_apply(&wish("1", hourly()))
            .await
            .unwrap()
            .state,
        "active"
    );
    assert_eq!(next_hour(&house).await[0].status, RunStatus::Submitted);

    // The resource is made again under its name: an older one lets nothing go.
    house
        .app
        .strategy_apply(&wish("2", hourly()))
        .await
        .unwrap();
    let release = async |wish: &StrategyWish| {
        let released = house
            .app
            .strategy_release(&wish.tenant, &wish.name, &wish.by);
        released.await.unwrap()
    };
    assert_eq!(release(&wish("1", hourly())).await, Release::Done);
    assert_eq!(shown(&house).await.state, "active");
}
