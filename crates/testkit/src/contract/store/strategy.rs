use std::sync::Arc;

use vaultpilot_core::{Managed, ResourceKind};
use vaultpilot_ports::Store;
use vaultpilot_ports::store::{Page, StrategyFilter};
use vaultpilot_strategy::{
    ApprovalRule, CatchUp, Day, FailurePolicy, Finish, State, StateName, Strategy, Suspension, Tick,
};

use super::ground::{begin, commit, is_conflict, new_wallet, settle, view};
use crate::fixture::{eth, once, second, strategy, strategy_id, tick, wallet as wallet_fixture};

pub(super) async fn put(store: &Arc<dyn Store>, strategy: &Strategy) {
    let mut tx = begin(store, strategy.tenant).await;
    tx.strategy_insert(strategy).await.expect("it is new");
    commit(tx).await;
}

/// One strategy in each state, with every fact it can carry.
fn in_every_state(of: &Strategy) -> Vec<Strategy> {
    let at = second(7);
    let next = Tick {
        planned_at: second(60),
        due_at: second(75),
    };
    let states = [
        State::Active { next },
        State::Suspended {
            why: Suspension::Requested {
                reason: "holidays".to_owned(),
            },
            at,
        },
        State::Suspended {
            why: Suspension::Failures { count: 3 },
            at,
        },
        State::Finished {
            why: Finish::MaxTotal,
            at,
        },
        State::Detaching { at },
        State::Detached { at },
    ];
    states
        .into_iter()
        .enumerate()
        .map(|(number, state)| Strategy {
            id: strategy_id(),
            name: crate::fixture::label(&format!("number-{number}")),
            state,
            ..of.clone()
        })
        .collect()
}

pub(super) async fn survives_in_every_state(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let mut full = strategy(&wallet, "full").build();
    full.spec.schedule.catch_up = CatchUp::RunOnce;
    full.spec.schedule.end_at = Some(second(999));
    full.spec.limits.max_total = Some("12.5".to_owned());
    full.spec.gates.max_base_fee_gwei = Some("0.5".to_owned());
    full.spec.approval = ApprovalRule::AboveAmount {
        amount: "2".to_owned(),
    };
    full.spec.failure = FailurePolicy::SuspendAfter { failures: 3 };
    full.progress.spent = eth(40);
    full.progress.today = Some(Day {
        began_at: second(0),
        spent: eth(4),
    });
    full.managed = Some(Managed {
        kind: ResourceKind::Strategy,
        namespace: Some("vp-acme".to_owned()),
        name: "full".to_owned(),
        uid: "1-2-3".to_owned(),
    });
    let all = in_every_state(&full);
    for one in &all {
        put(store, one).await;
    }
    let names: std::collections::BTreeSet<_> = all.iter().map(|it| it.state.name()).collect();
    assert_eq!(names.len(), StateName::ALL.len());
    let mut seen = view(store, tenant).await;
    for one in &all {
        assert_eq!(
            seen.strategy_fetch(one.id).await.unwrap().as_ref(),
            Some(one)
        );
        let found = seen.strategy_find(&one.name).await.unwrap();
        let lives = one.state.name() != StateName::Detached;
        assert_eq!(found.as_ref(), lives.then_some(one));
    }
    assert_eq!(seen.strategy_fetch(strategy_id()).await.unwrap(), None);
    assert_eq!(seen.strategy_count().await.unwrap(), 5);
}

pub(super) async fn name_is_taken_until_it_is_detached(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let first = strategy(&wallet, "payroll").build();
    put(store, &first).await;
    let second_one = strategy(&wallet, "payroll").build();
    let mut tx = begin(store, tenant).await;
    assert!(is_conflict(&tx.strategy_insert(&second_one).await));
    drop(tx);

    let mut gone = first.clone();
    gone.state = State::Detached { at: second(9) };
    gone.revision = 2;
    let mut tx = begin(store, tenant).await;
    tx.strategy_update(first.revision, &gone).await.unwrap();
    tx.strategy_insert(&second_one).await.unwrap();
    commit(tx).await;
    let mut seen = view(store, tenant).await;
    assert_eq!(
        seen.strategy_find(&first.name).await.unwrap(),
        Some(second_one)
    );
    assert_eq!(seen.strategy_fetch(first.id).await.unwrap(), Some(gone));
}

pub(super) async fn moves_only_from_what_was_seen(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let mut stored = strategy(&wallet, "payroll").build();
    put(store, &stored).await;
    let first = stored.revision;
    stored.revision += 1;
    stored.progress.begun = 1;
    stored.progress.spent = eth(1);
    stored.decimals = 6;
    stored.state = State::Active {
        next: tick(second(7200)),
    };
    let mut tx = begin(store, tenant).await;
    tx.strategy_update(first, &stored).await.unwrap();
    commit(tx).await;

    // From what it was before, not at all; and never to another type.
    let mut late = stored.clone();
    late.progress.begun = 99;
    let mut tx = begin(store, tenant).await;
    assert!(is_conflict(&tx.strategy_update(first, &late).await));
    drop(tx);
    let mut other = stored.clone();
    other.spec = once("1", second(100));
    let mut tx = begin(store, tenant).await;
    let moved = tx.strategy_update(stored.revision, &other).await;
    assert!(is_conflict(&moved));
    drop(tx);
    let unknown = strategy(&wallet, "unknown").build();
    let mut tx = begin(store, tenant).await;
    let moved = tx.strategy_update(unknown.revision, &unknown).await;
    assert!(is_conflict(&moved));
    drop(tx);
    let mut seen = view(store, tenant).await;
    assert_eq!(seen.strategy_fetch(stored.id).await.unwrap(), Some(stored));
}

pub(super) async fn stands_on_a_wallet_that_is_there(store: &Arc<dyn Store>) {
    let (tenant, _) = settle(store).await;
    let nowhere = wallet_fixture().of(tenant).build();
    let mut tx = begin(store, tenant).await;
    // Databases may look at the wallet only when they commit.
    let done = match tx
        .strategy_insert(&strategy(&nowhere, "payroll").build())
        .await
    {
        Ok(()) => tx.commit().await,
        Err(error) => Err(error),
    };
    assert!(done.is_err());
    assert_eq!(view(store, tenant).await.strategy_count().await.unwrap(), 0);
}

pub(super) async fn list_is_oldest_first_filtered_and_in_pages(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let other = new_wallet(store, tenant).await;
    let ours = strategy(&wallet, "a").build();
    let theirs = strategy(&other, "b").build();
    let gone = strategy(&wallet, "c").detached().build();
    for one in [&ours, &theirs, &gone] {
        put(store, one).await;
    }
    let mut seen = view(store, tenant).await;
    let mut list = async |wallet, with_detached, after: Option<&Strategy>, limit| {
        let filter = StrategyFilter {
            wallet,
            with_detached,
        };
        let page = Page {
            after: after.map(|it| it.id.to_string()),
            limit,
        };
        seen.strategy_list(&filter, page).await.unwrap()
    };
    assert_eq!(
        list(None, false, None, 9).await,
        [ours.clone(), theirs.clone()]
    );
    let of_wallet = list(Some(wallet.id), false, None, 9).await;
    assert_eq!(of_wallet, std::slice::from_ref(&ours));
    let everything = [ours.clone(), theirs.clone(), gone.clone()];
    assert_eq!(list(None, true, None, 9).await, everything);
    let first = list(None, true, None, 1).await;
    assert_eq!(first, std::slice::from_ref(&ours));
    assert_eq!(list(None, true, Some(&ours), 9).await, [theirs, gone]);
}

pub(super) async fn due_is_the_longest_due_first(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let late = strategy(&wallet, "late").due(second(10)).build();
    let later = strategy(&wallet, "later").due(second(20)).build();
    let future = strategy(&wallet, "future").due(second(31)).build();
    let resting = strategy(&wallet, "resting").suspended("holidays").build();
    for one in [&later, &late, &future, &resting] {
        put(store, one).await;
    }
    let mut seen = view(store, tenant).await;
    assert_eq!(seen.strategy_due(second(9), 9).await.unwrap(), []);
    // Due means at that very moment.
    let due = seen.strategy_due(second(10), 9).await.unwrap();
    assert_eq!(due, std::slice::from_ref(&late));
    assert_eq!(
        seen.strategy_due(second(30), 9).await.unwrap(),
        [late.clone(), later]
    );
    assert_eq!(seen.strategy_due(second(30), 1).await.unwrap(), [late]);
    assert_eq!(seen.strategy_next().await.unwrap(), Some(second(10)));
}
