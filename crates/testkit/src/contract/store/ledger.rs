use std::sync::Arc;

use vaultpilot_core::{Asset, BaseUnits, Duration, Timestamp, U256, Wallet, Wei};
use vaultpilot_intent::Intent;
use vaultpilot_policy::{CounterScope, UsageKey, Used};
use vaultpilot_ports::Store;

use super::ground::{begin, commit, new_wallet, put_reserved, settle, view};
use crate::fixture::{CHAIN, OTHER_CHAIN, address, agent, eth, person, second, transfer};

pub(super) const NATIVE: Asset = Asset::native(CHAIN);

pub(super) async fn used(
    store: &Arc<dyn Store>,
    scope: CounterScope,
    asset: Asset,
    wallet: &Wallet,
    agent: &str,
    since: i64,
) -> Used {
    let key = UsageKey {
        scope,
        asset,
        window: Duration::from_hours(1),
    };
    let mut view = view(store, wallet.tenant).await;
    view.usage(&key, wallet.id, agent, second(since))
        .await
        .unwrap()
}

async fn reserved(store: &Arc<dyn Store>, wallet: &Wallet, asset: Asset) -> BaseUnits {
    view(store, wallet.tenant)
        .await
        .reserved(wallet.id, asset)
        .await
        .unwrap()
}

pub(super) fn sum(coins: u64, count: u64, oldest: i64) -> Used {
    Used {
        spent: eth(coins),
        count,
        oldest: Some(second(oldest)),
    }
}

pub(super) async fn counts_later_than_since_in_scope(store: &Arc<dyn Store>) {
    use CounterScope::{Agent, Tenant, Wallet as Own};
    let (tenant, wallet) = settle(store).await;
    let other = new_wallet(store, tenant).await;
    let (_, foreign) = settle(store).await;
    let trader = agent("trader").of(tenant).build().kind;
    let keeper = agent("keeper").of(tenant).build().kind;
    let anna = person("anna").of(tenant).build().kind;
    let token = address(0x70);

    let pay = |wallet: &Wallet, coins: u64, at: i64| {
        transfer(wallet)
            .of(eth(coins))
            .created_at(second(at))
            .requested_by(&trader)
    };
    for it in [
        pay(&wallet, 1, 10),
        pay(&wallet, 2, 20),
        pay(&wallet, 4, 30).requested_by(&keeper),
        pay(&wallet, 8, 40).requested_by(&anna),
        pay(&other, 16, 50),
        pay(&wallet, 32, 60).in_token(token),
        pay(&wallet, 64, 70).on(OTHER_CHAIN),
        pay(&foreign, 128, 80),
    ] {
        let it = it.with_reservation();
        put_reserved(store, &it).await;
        let at = it.1.at;
        settle_one(store, &it.0, How::Commit { spent: true, at }).await;
    }

    let erc20 = Asset::erc20(CHAIN, token);
    let nothing = Used::default();
    for (scope, asset, agent, since, expected) in [
        (Tenant, NATIVE, "trader", 0, sum(31, 5, 10)),
        (Own, NATIVE, "trader", 0, sum(15, 4, 10)),
        (Agent, NATIVE, "trader", 0, sum(3, 2, 10)),
        (Agent, NATIVE, "keeper", 0, sum(4, 1, 30)),
        (Agent, NATIVE, "anna", 0, sum(8, 1, 40)),
        (Agent, NATIVE, "nobody", 0, nothing),
        (Own, NATIVE, "trader", 9, sum(15, 4, 10)),
        // Exactly at `since` is out of the window.
        (Own, NATIVE, "trader", 10, sum(14, 3, 20)),
        (Tenant, NATIVE, "trader", 40, sum(16, 1, 50)),
        (Own, NATIVE, "trader", 40, nothing),
        (Own, erc20, "trader", 0, sum(32, 1, 60)),
        (
            Own,
            Asset::erc20(CHAIN, address(0x71)),
            "trader",
            0,
            nothing,
        ),
        (
            Tenant,
            Asset::native(OTHER_CHAIN),
            "trader",
            0,
            sum(64, 1, 70),
        ),
    ] {
        let found = used(store, scope, asset, &wallet, agent, since).await;
        assert_eq!(found, expected, "{scope:?} {asset} {agent} {since}");
    }
}

/// Settles a reservation in a unit of work of its own.
pub(super) async fn settle_one(store: &Arc<dyn Store>, intent: &Intent, how: How) {
    let mut tx = begin(store, intent.tenant).await;
    match how {
        How::Commit { spent, at } => tx
            .reservation_commit(intent.id, spent, Wei(7), at)
            .await
            .unwrap(),
        How::Restore => tx.reservation_restore(intent.id).await.unwrap(),
        How::Release => tx.reservation_release(intent.id).await.unwrap(),
    }
    commit(tx).await;
}

pub(super) enum How {
    Commit { spent: bool, at: Timestamp },
    Restore,
    Release,
}

pub(super) async fn commits_restores_and_releases(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let it = transfer(&wallet)
        .of(eth(5))
        .created_at(second(10))
        .with_reservation();
    // Another wallet's money is another's.
    let other = new_wallet(store, tenant).await;
    put_reserved(store, &transfer(&other).of(eth(40)).with_reservation()).await;
    let kept = transfer(&wallet)
        .of(eth(1))
        .created_at(second(20))
        .with_reservation();
    put_reserved(store, &it).await;
    put_reserved(store, &kept).await;
    let gas = it.1.gas.to_base_units();
    let open = eth(6).saturating_add(gas).saturating_add(gas);
    let only_kept = eth(1).saturating_add(gas);
    let spent = async || used(store, CounterScope::Wallet, NATIVE, &wallet, "trader", 0).await;
    assert_eq!(spent().await, sum(6, 2, 10));
    assert_eq!(reserved(store, &wallet, NATIVE).await, open);

    // Committing twice is committing once.
    for _ in 0..2 {
        let at = second(15);
        settle_one(store, &it.0, How::Commit { spent: true, at }).await;
        assert_eq!(spent().await, sum(6, 2, 15), "spent stays used");
        assert_eq!(
            reserved(store, &wallet, NATIVE).await,
            only_kept,
            "and is reserved no more"
        );
    }
    // The block is gone: it counts as reserved again, with what was reserved.
    for _ in 0..2 {
        settle_one(store, &it.0, How::Restore).await;
        assert_eq!(spent().await, sum(6, 2, 15));
        assert_eq!(reserved(store, &wallet, NATIVE).await, open);
    }
    settle_one(store, &it.0, How::Release).await;
    assert_eq!(spent().await, sum(1, 1, 20));
    assert_eq!(reserved(store, &wallet, NATIVE).await, only_kept);
    // Judged again while it was set aside, and let through.
    settle_one(store, &it.0, How::Restore).await;
    assert_eq!(spent().await, sum(6, 2, 15));
    assert_eq!(reserved(store, &wallet, NATIVE).await, open);
}

pub(super) async fn unspent_counts_but_costs_nothing(store: &Arc<dyn Store>) {
    let (_, wallet) = settle(store).await;
    let it = transfer(&wallet)
        .of(eth(5))
        .created_at(second(10))
        .with_reservation();
    put_reserved(store, &it).await;
    let spent = async || used(store, CounterScope::Wallet, NATIVE, &wallet, "trader", 0).await;
    let at = second(10);
    for _ in 0..2 {
        settle_one(store, &it.0, How::Commit { spent: false, at }).await;
        assert_eq!(
            spent().await,
            sum(0, 1, 10),
            "it was a transaction, and it moved nothing"
        );
        assert!(reserved(store, &wallet, NATIVE).await.is_zero());
    }
    // Reorganised away, and then it happens after all.
    settle_one(store, &it.0, How::Restore).await;
    assert_eq!(spent().await, sum(5, 1, 10));
    settle_one(store, &it.0, How::Commit { spent: true, at }).await;
    assert_eq!(spent().await, sum(5, 1, 10));
    // And without a restore between: the last word counts.
    settle_one(store, &it.0, How::Commit { spent: false, at }).await;
    assert_eq!(spent().await, sum(0, 1, 10));
    settle_one(store, &it.0, How::Commit { spent: true, at }).await;
    assert_eq!(spent().await, sum(5, 1, 10));
}

pub(super) async fn gas_is_reserved_but_never_used(store: &Arc<dyn Store>) {
    let (_, wallet) = settle(store).await;
    let token = address(0x70);
    let it = transfer(&wallet)
        .in_token(token)
        .of(eth(5))
        .with_reservation();
    put_reserved(store, &it).await;
    let gas = it.1.gas.to_base_units();
    assert!(!gas.is_zero());
    let native = async || used(store, CounterScope::Tenant, NATIVE, &wallet, "trader", -1).await;
    assert_eq!(reserved(store, &wallet, NATIVE).await, gas);
    assert_eq!(
        reserved(store, &wallet, Asset::erc20(CHAIN, token)).await,
        eth(5)
    );
    assert!(
        reserved(store, &wallet, Asset::native(OTHER_CHAIN))
            .await
            .is_zero()
    );
    assert_eq!(native().await, Used::default());
    let at = second(1);
    settle_one(store, &it.0, How::Commit { spent: true, at }).await;
    assert!(reserved(store, &wallet, NATIVE).await.is_zero());
    assert_eq!(native().await, Used::default());
}

pub(super) async fn sums_beyond_128_bits(store: &Arc<dyn Store>) {
    let (_, wallet) = settle(store).await;
    let token = address(0x70);
    let big = BaseUnits(U256::from(1) << 200);
    for _ in 0..3 {
        let it = transfer(&wallet)
            .in_token(token)
            .of(big)
            .created_at(second(1));
        put_reserved(store, &it.with_reservation()).await;
    }
    let asset = Asset::erc20(CHAIN, token);
    let three = BaseUnits(U256::from(3) << 200);
    let found = used(store, CounterScope::Wallet, asset, &wallet, "trader", 0).await;
    assert_eq!(
        found,
        Used {
            spent: three,
            count: 3,
            oldest: Some(second(1))
        }
    );
    assert_eq!(reserved(store, &wallet, asset).await, three);
}
