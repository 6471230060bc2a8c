//! What the money path costs here: printed, and held to bounds a slow machine keeps, too.

use std::time::Duration;

use tokio::time::Instant;
use vaultpilot_audit::{Action, Actor, Draft, Outcome, verify};
use vaultpilot_core::{Asset, Wallet};
use vaultpilot_policy::{CounterScope, UsageKey};
use vaultpilot_ports::store::{Store as _, Tx};
use vaultpilot_testkit::fixture::{
    CHAIN, allowed, audit_id, milli_eth, reservation_of, second, transfer,
};

use crate::ground::{Place, place};

fn draft() -> Draft {
    Draft::new(
        audit_id(),
        second(1),
        Action::IntentDecided,
        Actor::System,
        Outcome::Allowed,
    )
}

fn key(scope: CounterScope) -> UsageKey {
    UsageKey {
        scope,
        asset: Asset::native(CHAIN),
        window: Duration::from_hours(24),
    }
}

async fn reserve(tx: &mut dyn Tx, wallet: &Wallet, at: i64) {
    let intent = transfer(wallet)
        .of(milli_eth(1))
        .created_at(second(at))
        .build();
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.reservation_insert(&reservation_of(&intent))
        .await
        .unwrap();
}

async fn timed<T>(times: &mut Vec<Duration>, work: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let done = work.await;
    times.push(start.elapsed());
    done
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_rows_are_summed() {
    const ROWS: u32 = 10_000;
    let place = place().await;
    let ours = place.settle().await;
    let mut tx = place.begin(&ours).await;
    for row in 0..ROWS {
        reserve(&mut *tx, &ours, i64::from(row)).await;
    }
    tx.commit().await.unwrap();
    for scope in [
        CounterScope::Tenant,
        CounterScope::Wallet,
        CounterScope::Agent,
    ] {
        let mut times = Vec::new();
        for _ in 0..11 {
            let mut view = place.store.read(ours.tenant).await.unwrap();
            let key = key(scope);
            let usage = view.usage(&key, ours.id, "trader", second(-1));
            let used = timed(&mut times, usage).await.unwrap();
            assert_eq!(used.spent, milli_eth(u64::from(ROWS)));
            assert_eq!(
                (used.count, used.oldest),
                (u64::from(ROWS), Some(second(0)))
            );
        }
        let median = median(&mut times);
        println!("usage over {ROWS} rows, {scope:?}: {median:?}");
        assert!(median < Duration::from_secs(1), "{median:?}");
    }
}

/// Begin, sum, record, reserve, audit, commit: what a guarded call does before it answers.
async fn guarded(place: &Place, wallet: &Wallet, at: i64) {
    let mut tx = place.begin(wallet).await;
    tx.usage(
        &key(CounterScope::Wallet),
        wallet.id,
        "trader",
        second(at - 100),
    )
    .await
    .unwrap();
    reserve(&mut *tx, wallet, at).await;
    tx.audit_append(vec![draft()]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_call_and_a_group_of_entries_are_cheap() {
    let place = place().await;
    let ours = place.settle().await;
    let (mut whole, mut group, mut empty) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..200 {
        timed(&mut whole, guarded(&place, &ours, at)).await;
    }
    for _ in 0..50 {
        timed(&mut group, async {
            let mut tx = place.begin(&ours).await;
            tx.audit_append((0..64).map(|_| draft()).collect())
                .await
                .unwrap();
            tx.commit().await.unwrap();
        })
        .await;
        // Begin, one read and the end: what the threads cost without the disk.
        timed(&mut empty, async {
            let mut tx = place.begin(&ours).await;
            tx.tenant_fetch().await.unwrap();
        })
        .await;
    }
    let (whole, group, empty) = (median(&mut whole), median(&mut group), median(&mut empty));
    println!("begin+usage+intent+reservation+audit+commit: {whole:?}");
    println!("begin+64 entries+commit: {group:?}");
    println!("begin+one read+rollback: {empty:?}");
    assert!(whole < Duration::from_millis(500), "{whole:?}");
    let mut view = place.store.read(ours.tenant).await.unwrap();
    let entries = view.audit_list(0, 10_000).await.unwrap();
    assert_eq!(verify(ours.tenant, &entries).unwrap().seq, 200 + 50 * 64);
}
