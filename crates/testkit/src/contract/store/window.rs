use std::sync::Arc;

use vaultpilot_policy::{CounterScope, Used};
use vaultpilot_ports::Store;

use super::ground::{put_reserved, settle};
use super::ledger::{How, NATIVE, settle_one, sum, used};
use crate::fixture::{eth, second, transfer};

pub(super) async fn held_never_leaves_a_window(store: &Arc<dyn Store>) {
    use CounterScope::{Agent, Tenant, Wallet as Own};
    let (_, wallet) = settle(store).await;
    let it = transfer(&wallet)
        .of(eth(5))
        .created_at(second(10))
        .with_reservation();
    put_reserved(store, &it).await;
    for scope in [Tenant, Own, Agent] {
        // Inside, at the edge of, and long behind the window: it is held, and may yet be spent.
        for (since, oldest) in [(9, 10), (10, 10), (5000, 5000)] {
            let found = used(store, scope, NATIVE, &wallet, "trader", since).await;
            assert_eq!(found, sum(5, 1, oldest), "{scope:?} {since}");
        }
    }
    let late = async || used(store, Own, NATIVE, &wallet, "trader", 5000).await;
    settle_one(store, &it.0, How::Release).await;
    assert_eq!(late().await, Used::default(), "given back");
    settle_one(store, &it.0, How::Restore).await;
    assert_eq!(late().await, sum(5, 1, 5000), "held again");
}

pub(super) async fn commit_dates_what_windows_count(store: &Arc<dyn Store>) {
    let (_, wallet) = settle(store).await;
    let it = transfer(&wallet)
        .of(eth(5))
        .created_at(second(10))
        .with_reservation();
    put_reserved(store, &it).await;
    let spent = async |since| {
        let scope = CounterScope::Wallet;
        used(store, scope, NATIVE, &wallet, "trader", since).await
    };
    // Only the first commit dates it.
    for at in [100, 200, 50] {
        let at = second(at);
        settle_one(store, &it.0, How::Commit { spent: true, at }).await;
        assert_eq!(spent(99).await, sum(5, 1, 100));
        assert_eq!(spent(100).await, Used::default());
    }
    // The block is gone, so it is held again; the block that follows dates it anew.
    settle_one(store, &it.0, How::Restore).await;
    assert_eq!(spent(99).await, sum(5, 1, 100));
    assert_eq!(spent(1000).await, sum(5, 1, 1000));
    let at = second(300);
    settle_one(store, &it.0, How::Commit { spent: true, at }).await;
    assert_eq!(spent(299).await, sum(5, 1, 300));
    assert_eq!(spent(300).await, Used::default());
}
