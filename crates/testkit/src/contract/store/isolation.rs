//! `tenants_never_meet`: one of everything for one tenant, asked for and written to by another.

mod key;

use std::sync::Arc;

use vaultpilot_audit::Head;
use vaultpilot_core::tenant::TenantState;
use vaultpilot_core::{Asset, Duration, TenantId, WalletState, Wei};
use vaultpilot_intent::{IntentState, StateName};
use vaultpilot_policy::{CounterScope, UsageKey, Used};
use vaultpilot_ports::Store;
use vaultpilot_ports::store::{
    ApprovalState, EventFilter, IntentFilter, Page, ReadTx, RunFilter, StrategyFilter,
};
use vaultpilot_strategy::{End, RunState, State};

use super::furnish::{Furnished, furnish};
use super::ground::{begin, commit, everything, new_tenant, view};
use crate::fixture::{CHAIN, OTHER_CHAIN, allowed, second, transfer, wallet, wrapped_key};

pub(super) use key::tenants_never_meet_when_writing_keys;

fn usage_keys() -> impl Iterator<Item = UsageKey> {
    let (asset, window) = (Asset::native(CHAIN), Duration::from_hours(1));
    [
        CounterScope::Tenant,
        CounterScope::Wallet,
        CounterScope::Agent,
    ]
    .into_iter()
    .map(move |scope| UsageKey {
        scope,
        asset,
        window,
    })
}

type Seen = Vec<(&'static str, bool)>;

/// Every read, with the ids of `of`, through a view of `through`: what is there, and what is not.
async fn sees(store: &Arc<dyn Store>, through: TenantId, of: &Furnished) -> Seen {
    let mut view = view(store, through).await;
    let mut seen = sees_one(&mut *view, of).await;
    seen.extend(sees_many(&mut *view, of).await);
    seen.extend(sees_sums(&mut *view, of).await);
    seen
}

/// Rows by what names them.
async fn sees_one(view: &mut dyn ReadTx, of: &Furnished) -> Seen {
    let tx = of.paid.state.tx().expect("it is final");
    vec![
        (
            "tenant_fetch",
            view.tenant_fetch().await.unwrap().as_ref() == Some(&of.tenant),
        ),
        (
            "wallet_fetch",
            view.wallet_fetch(of.wallet.id).await.unwrap().is_some(),
        ),
        (
            "wallet_find",
            view.wallet_find(&of.wallet.label).await.unwrap().is_some(),
        ),
        (
            "wallet_key_fetch",
            view.wallet_key_fetch(of.wallet.id).await.unwrap().is_some(),
        ),
        (
            "wallet_find_by_address",
            view.wallet_find_by_address(of.wallet.address)
                .await
                .unwrap()
                .is_some(),
        ),
        (
            "kek_current",
            view.kek_current().await.unwrap().as_ref() == Some(&of.kek),
        ),
        (
            "kek_fetch",
            view.kek_fetch(of.kek.version).await.unwrap().is_some(),
        ),
        (
            "key_task_fetch",
            view.key_task_fetch(of.task.id).await.unwrap().is_some(),
        ),
        (
            "intent_fetch",
            view.intent_fetch(of.intent.id).await.unwrap().is_some(),
        ),
        (
            "intent_find",
            view.intent_find(&of.intent.request_id)
                .await
                .unwrap()
                .is_some(),
        ),
        (
            "intent_find_by_hash",
            view.intent_find_by_hash(tx.hash).await.unwrap().is_some(),
        ),
        (
            "approval_fetch",
            view.approval_fetch(of.approval.id).await.unwrap().is_some(),
        ),
        (
            "api_key_find",
            view.api_key_find(&of.api_key.hash).await.unwrap().is_some(),
        ),
        (
            "strategy_fetch",
            view.strategy_fetch(of.strategy.id).await.unwrap().is_some(),
        ),
        (
            "strategy_find",
            view.strategy_find(&of.strategy.name)
                .await
                .unwrap()
                .is_some(),
        ),
        (
            "run_fetch",
            view.run_fetch(of.run.id).await.unwrap().is_some(),
        ),
    ]
}

/// Lists and searches.
async fn sees_many(view: &mut dyn ReadTx, of: &Furnished) -> Seen {
    let all = || Page::first(Page::MAX);
    let about_wallet = || EventFilter {
        wallet: Some(of.wallet.id),
        ..EventFilter::default()
    };
    let about_intent = || EventFilter {
        intent: Some(of.intent.id),
        ..EventFilter::default()
    };
    let of_wallet = IntentFilter {
        wallet: Some(of.wallet.id),
        states: Vec::new(),
    };
    let mut seen = vec![
        (
            "wallet_list",
            !view.wallet_list(all()).await.unwrap().is_empty(),
        ),
        ("kek_list", !view.kek_list().await.unwrap().is_empty()),
        (
            "key_task_list",
            !view.key_task_list(all()).await.unwrap().is_empty(),
        ),
        (
            "wallet_key_list_behind",
            !view
                .wallet_key_list_behind(1, None, 9)
                .await
                .unwrap()
                .is_empty(),
        ),
        (
            "wallet_key_count",
            !view.wallet_key_count().await.unwrap().is_empty(),
        ),
        ("policy_list", !view.policy_list().await.unwrap().is_empty()),
        (
            "api_key_list",
            !view.api_key_list().await.unwrap().is_empty(),
        ),
        (
            "audit_list",
            !view.audit_list(0, 9).await.unwrap().is_empty(),
        ),
    ];
    for filter in [IntentFilter::default(), of_wallet] {
        let found = view.intent_list(&filter, all()).await.unwrap();
        seen.push(("intent_list", !found.is_empty()));
    }
    for wallet in [None, Some(of.wallet.id)] {
        let filter = StrategyFilter {
            wallet,
            with_detached: true,
        };
        let found = view.strategy_list(&filter, all()).await.unwrap();
        seen.push(("strategy_list", !found.is_empty()));
    }
    for strategy in [None, Some(of.strategy.id)] {
        let filter = RunFilter {
            strategy,
            open_only: true,
        };
        let found = view.run_list(&filter, all()).await.unwrap();
        seen.push(("run_list", !found.is_empty()));
    }
    let due = view.strategy_due(second(100), 9).await.unwrap();
    seen.push(("strategy_due", !due.is_empty()));
    let expired = view.run_expired(second(100), 9).await.unwrap();
    seen.push(("run_expired", !expired.is_empty()));
    for waiting_only in [false, true] {
        let found = view.approval_list(waiting_only, all()).await.unwrap();
        seen.push(("approval_list", !found.is_empty()));
    }
    for filter in [EventFilter::default(), about_wallet(), about_intent()] {
        let found = view.audit_search(&filter, all()).await.unwrap();
        seen.push(("audit_search", !found.is_empty()));
    }
    seen
}

/// Sums, heads and what is found by likeness.
async fn sees_sums(view: &mut dyn ReadTx, of: &Furnished) -> Seen {
    let native = Asset::native(CHAIN);
    let address = of.wallet.address;
    let (paid_in, _, recipient) = of.paid.outflow().expect("a payment");
    let mut seen = vec![
        ("strategy_count", view.strategy_count().await.unwrap() > 0),
        (
            "strategy_next",
            view.strategy_next().await.unwrap().is_some(),
        ),
        (
            "reserved",
            !view.reserved(of.wallet.id, native).await.unwrap().is_zero(),
        ),
        (
            "audit_head",
            view.audit_head().await.unwrap() != Head::GENESIS,
        ),
        (
            "nonce_next",
            view.nonce_next(CHAIN, address).await.unwrap().is_some(),
        ),
        (
            "dry_run_seen",
            view.dry_run_seen(of.dry_run, second(0)).await.unwrap(),
        ),
    ];
    for key in usage_keys() {
        let used = view
            .usage(&key, of.wallet.id, "trader", second(0))
            .await
            .unwrap();
        seen.push(("usage", used != Used::default()));
    }
    let digest = of.intent.request_digest;
    let alike = view
        .intent_find_alike(of.wallet.id, digest, second(0))
        .await
        .unwrap();
    seen.push(("intent_find_alike", alike.is_some()));
    let known = view
        .recipients(of.wallet.id, paid_in, &[recipient])
        .await
        .unwrap();
    seen.push(("recipients", !known.is_empty()));
    seen
}

pub(super) async fn tenants_never_meet_when_reading(store: &Arc<dyn Store>) {
    let ours = furnish(store).await;
    let stranger = new_tenant(store).await.id;
    for (method, seen) in sees(store, ours.tenant.id, &ours).await {
        assert!(
            seen,
            "{method} finds what is there, or the next check proves nothing"
        );
    }
    for (method, seen) in sees(store, stranger, &ours).await {
        assert!(!seen, "{method} shows another tenant's row");
    }
    // And with rows of their own, they see those only.
    let theirs = furnish(store).await;
    for (own, other) in [(&ours, &theirs), (&theirs, &ours)] {
        let seen = everything(&mut *view(store, own.tenant.id).await).await;
        for id in [
            format!("{:?}", own.wallet.id),
            format!("{:?}", own.intent.id),
            format!("{:?}", own.run.id),
            format!("{:?}", own.task.id),
            format!("{:?}", own.kek.wrapped),
        ] {
            assert!(
                seen.contains(&id),
                "{id} is there, or the next check proves nothing"
            );
        }
        for foreign in [
            format!("{:?}", other.wallet.id),
            format!("{:?}", other.intent.id),
            format!("{:?}", other.paid.id),
            format!("{:?}", other.approval.id),
            format!("{:?}", other.api_key.id),
            format!("{:?}", other.policy.id),
            format!("{:?}", other.tenant.id),
            format!("{:?}", other.strategy.id),
            format!("{:?}", other.run.id),
            format!("{:?}", other.task.id),
            format!("{:?}", other.kek.wrapped),
        ] {
            assert!(!seen.contains(&foreign), "{foreign}");
        }
    }
}

/// Every write, with another tenant's ids. Whether it errs or finds nothing, nothing changes.
pub(super) async fn tenants_never_meet_when_writing(store: &Arc<dyn Store>) {
    let ours = furnish(store).await;
    let stranger = new_tenant(store).await.id;
    let before = everything(&mut *view(store, ours.tenant.id).await).await;
    let at = second(9);
    let mut moved = ours.intent.clone();
    moved.state = IntentState::Cancelled { at };
    let mut tenant = ours.tenant.clone();
    tenant.state = TenantState::Frozen {
        reason: "not yours".to_owned(),
        at,
    };
    let frozen = WalletState::Frozen {
        reason: "not yours".to_owned(),
        at,
    };
    let smuggled = wallet().of(ours.tenant.id).build();
    let planted = transfer(&ours.wallet).build();

    let mut detached = ours.strategy.clone();
    detached.state = State::Detached { at };
    let mut over = ours.run.clone();
    over.state = RunState::Ended {
        at,
        end: End::Cancelled { intent: None },
    };
    let mut kidnapped = detached.clone();
    kidnapped.tenant = stranger;

    for attempt in 0..19 {
        let mut tx = begin(store, stranger).await;
        let id = ours.intent.id;
        let done = match attempt {
            0 => tx.tenant_update(&tenant).await.is_ok(),
            1 => tx.wallet_update(ours.wallet.id, &frozen).await.is_ok(),
            2 => tx
                .wallet_add_chains(ours.wallet.id, &[OTHER_CHAIN])
                .await
                .is_ok(),
            3 => {
                assert!(!tx.policy_delete(&ours.policy.name).await.unwrap());
                true
            }
            4 => {
                let from = StateName::Authorized;
                let updated = tx.intent_update(from, &moved, &allowed()).await;
                assert!(updated.is_err(), "an intent that is not there cannot move");
                false
            }
            5 => tx.reservation_commit(id, false, Wei(0), at).await.is_ok(),
            6 => tx.reservation_restore(id).await.is_ok(),
            7 => tx.reservation_release(id).await.is_ok(),
            8 => {
                let expired = ApprovalState::Expired { at };
                assert!(tx.approval_update(&ours.approval, &expired).await.is_err());
                false
            }
            9 => {
                assert!(!tx.api_key_revoke(ours.api_key.id, at).await.unwrap());
                true
            }
            10 => tx.wallet_insert(&smuggled, &wrapped_key(1)).await.is_ok(),
            11 => tx.intent_insert(&planted, &allowed()).await.is_ok(),
            12 => tx.strategy_insert(&detached).await.is_ok(),
            13 => tx.strategy_update(1, &detached).await.is_ok(),
            14 => tx.strategy_update(1, &kidnapped).await.is_ok(),
            15 => tx.run_insert(&over).await.is_ok(),
            16 => tx.run_update(1, &over).await.is_ok(),
            17 => {
                assert_eq!(tx.run_trim(ours.strategy.id, 0).await.unwrap(), 0);
                true
            }
            _ => tx.audit_append(vec![ours.draft()]).await.is_ok(),
        };
        if done {
            commit(tx).await;
        } else {
            drop(tx);
        }
        let after = everything(&mut *view(store, ours.tenant.id).await).await;
        assert_eq!(after, before, "attempt {attempt}");
    }
    // What was taken in instead is the stranger's own, and says so.
    let mut view = view(store, stranger).await;
    let all = || Page::first(Page::MAX);
    for wallet in view.wallet_list(all()).await.unwrap() {
        assert_eq!(wallet.tenant, stranger);
    }
    let intents = view.intent_list(&IntentFilter::default(), all()).await;
    for (intent, _) in intents.unwrap() {
        assert_eq!(intent.tenant, stranger);
    }
    let entries = view.audit_list(0, 100).await.unwrap();
    let verified = vaultpilot_audit::verify(stranger, &entries);
    assert_eq!(verified, Ok(view.audit_head().await.unwrap()));
}
