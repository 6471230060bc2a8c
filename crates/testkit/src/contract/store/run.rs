use std::sync::Arc;

use vaultpilot_ports::Store;
use vaultpilot_ports::store::{Page, RunFilter};
use vaultpilot_strategy::{Booking, End, Failure, Lease, Run, RunState, Skip, Strategy};

use super::ground::{begin, commit, is_conflict, is_lease_lost, put as put_intent, settle, view};
use super::strategy::put;
use crate::fixture::{eth, run, run_id, second, strategy, transfer};

async fn put_run(store: &Arc<dyn Store>, run: &Run) {
    let mut tx = begin(store, run.tenant).await;
    tx.run_insert(run).await.expect("its tick has no run");
    commit(tx).await;
}

async fn new_strategy(store: &Arc<dyn Store>) -> Strategy {
    let (_, wallet) = settle(store).await;
    let strategy = strategy(&wallet, "payroll").build();
    put(store, &strategy).await;
    strategy
}

fn leased(holder: &str, until: i64) -> RunState {
    RunState::Leased {
        lease: Lease {
            holder: holder.to_owned(),
            expires_at: second(until),
        },
        waits: None,
    }
}

pub(super) async fn survives_in_every_state(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let of = strategy(&wallet, "payroll").build();
    put(store, &of).await;
    let paid = transfer(&wallet).build();
    put_intent(store, &paid).await;
    let at = second(99);
    let intent = paid.id;
    let ended = |end| RunState::Ended { at, end };
    let failed = |how, intent| End::Failed {
        how,
        intent,
        code: "over_limit".to_owned(),
        message: "the day's limit is spent".to_owned(),
    };
    let mut waiting = leased("one", 60);
    if let RunState::Leased { waits, .. } = &mut waiting {
        *waits = Some(Skip::BaseFee);
    }
    let mut states = vec![
        leased("one", 60),
        waiting,
        RunState::Paying {
            intent,
            booking: Booking {
                amount: eth(1),
                day: second(0),
                edition: 2,
            },
        },
        ended(End::Paid {
            intent,
            amount: eth(1),
        }),
        ended(End::Simulated { amount: eth(1) }),
        ended(End::Cancelled { intent: None }),
        ended(End::Cancelled {
            intent: Some(intent),
        }),
    ];
    for how in Failure::ALL {
        states.push(ended(failed(how, None)));
        states.push(ended(failed(how, Some(intent))));
    }
    states.extend(Skip::ALL.map(|why| ended(End::Skipped { why })));
    let mut all = Vec::new();
    for (number, state) in (0..).zip(states) {
        let mut one = run(&of, second(number)).build();
        one.state = state;
        put_run(store, &one).await;
        all.push(one);
    }
    let mut seen = view(store, tenant).await;
    for one in &all {
        assert_eq!(seen.run_fetch(one.id).await.unwrap().as_ref(), Some(one));
    }
    assert_eq!(seen.run_fetch(run_id()).await.unwrap(), None);
}

pub(super) async fn tick_has_one_run(store: &Arc<dyn Store>) {
    let of = new_strategy(store).await;
    let first = run(&of, second(60)).build();
    put_run(store, &first).await;
    let twin = run(&of, second(60)).build();
    let mut tx = begin(store, of.tenant).await;
    assert!(is_conflict(&tx.run_insert(&twin).await));
    drop(tx);
    put_run(store, &run(&of, second(61)).build()).await;
    let all = RunFilter::default();
    let mut seen = view(store, of.tenant).await;
    let runs = seen.run_list(&all, Page::first(9)).await.unwrap();
    assert_eq!(runs.len(), 2);
}

pub(super) async fn old_epoch_writes_nothing(store: &Arc<dyn Store>) {
    let of = new_strategy(store).await;
    let first = run(&of, second(60)).build();
    put_run(store, &first).await;
    let mut taken = first.clone();
    taken.epoch = 2;
    taken.state = leased("two", 200);
    let mut tx = begin(store, of.tenant).await;
    tx.run_update(first.epoch, &taken).await.unwrap();
    commit(tx).await;

    let mut late = first.clone();
    late.state = RunState::Ended {
        at: second(130),
        end: End::Cancelled { intent: None },
    };
    let mut tx = begin(store, of.tenant).await;
    assert!(is_lease_lost(&tx.run_update(first.epoch, &late).await));
    drop(tx);
    let mut seen = view(store, of.tenant).await;
    assert_eq!(seen.run_fetch(first.id).await.unwrap(), Some(taken));
}

pub(super) async fn outcome_is_fixed(store: &Arc<dyn Store>) {
    let of = new_strategy(store).await;
    let mut stored = run(&of, second(60)).build();
    put_run(store, &stored).await;
    stored.state = RunState::Ended {
        at: second(61),
        end: End::Skipped { why: Skip::Late },
    };
    let mut tx = begin(store, of.tenant).await;
    tx.run_update(1, &stored).await.unwrap();
    commit(tx).await;
    let mut other = stored.clone();
    other.state = RunState::Ended {
        at: second(62),
        end: End::Simulated { amount: eth(1) },
    };
    let mut tx = begin(store, of.tenant).await;
    assert!(is_conflict(&tx.run_update(1, &other).await));
    drop(tx);
    let unknown = run(&of, second(90)).build();
    let mut tx = begin(store, of.tenant).await;
    assert!(is_conflict(&tx.run_update(1, &unknown).await));
    drop(tx);
    let mut seen = view(store, of.tenant).await;
    assert_eq!(seen.run_fetch(stored.id).await.unwrap(), Some(stored));
}

pub(super) async fn expired_is_the_longest_over_first(store: &Arc<dyn Store>) {
    let of = new_strategy(store).await;
    let mut runs = Vec::new();
    for (planned, until) in [(1, 300), (2, 100), (3, 200)] {
        let mut one = run(&of, second(planned)).build();
        one.state = leased("one", until);
        put_run(store, &one).await;
        runs.push(one);
    }
    let over = run(&of, second(4)).ended(End::Cancelled { intent: None });
    put_run(store, &over.build()).await;
    let mut seen = view(store, of.tenant).await;
    assert_eq!(seen.run_expired(second(99), 9).await.unwrap(), []);
    let [third, first, next] = &runs[..] else {
        panic!("three were put")
    };
    let expired = seen.run_expired(second(200), 9).await.unwrap();
    assert_eq!(expired, [first.clone(), next.clone()]);
    let expired = seen.run_expired(second(300), 1).await.unwrap();
    assert_eq!(expired, std::slice::from_ref(first));
    let expired = seen.run_expired(second(300), 9).await.unwrap();
    assert_eq!(expired.last(), Some(third));
    // The strategy itself is due in an hour; a lease ends before.
    assert_eq!(seen.strategy_next().await.unwrap(), Some(second(100)));
}

pub(super) async fn list_is_newest_first_filtered_and_in_pages(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let (of, other) = (
        strategy(&wallet, "payroll").build(),
        strategy(&wallet, "rent").build(),
    );
    put(store, &of).await;
    put(store, &other).await;
    let old = run(&of, second(1))
        .ended(End::Cancelled { intent: None })
        .build();
    let new = run(&of, second(2)).build();
    let rent = run(&other, second(2)).build();
    for one in [&old, &new, &rent] {
        put_run(store, one).await;
    }
    let mut seen = view(store, tenant).await;
    let mut list = async |strategy, open_only, after: Option<&Run>, limit| {
        let filter = RunFilter {
            strategy,
            open_only,
        };
        let page = Page {
            after: after.map(|it| it.id.to_string()),
            limit,
        };
        seen.run_list(&filter, page).await.unwrap()
    };
    assert_eq!(
        list(None, false, None, 9).await,
        [rent.clone(), new.clone(), old.clone()]
    );
    assert_eq!(
        list(Some(of.id), false, None, 9).await,
        [new.clone(), old.clone()]
    );
    let open = list(Some(of.id), true, None, 9).await;
    assert_eq!(open, std::slice::from_ref(&new));
    assert_eq!(list(None, false, None, 1).await, [rent]);
    assert_eq!(list(Some(of.id), false, Some(&new), 9).await, [old]);
}

pub(super) async fn history_is_trimmed_to_the_newest_ended(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let of = strategy(&wallet, "payroll").build();
    let other = strategy(&wallet, "rent").build();
    put(store, &of).await;
    put(store, &other).await;
    let skipped = || End::Skipped { why: Skip::Missed };
    let open = run(&of, second(1)).build();
    put_run(store, &open).await;
    let mut ended = Vec::new();
    for number in 2..6 {
        let one = run(&of, second(number)).ended(skipped()).build();
        put_run(store, &one).await;
        ended.push(one);
    }
    let rent = run(&other, second(1)).ended(skipped()).build();
    put_run(store, &rent).await;
    let mut tx = begin(store, tenant).await;
    assert_eq!(tx.run_trim(of.id, 9).await.unwrap(), 0);
    assert_eq!(tx.run_trim(of.id, 2).await.unwrap(), 2);
    assert_eq!(tx.run_trim(of.id, 2).await.unwrap(), 0);
    commit(tx).await;
    let mut seen = view(store, tenant).await;
    let left = seen
        .run_list(&RunFilter::default(), Page::first(9))
        .await
        .unwrap();
    assert_eq!(left, [rent, ended[3].clone(), ended[2].clone(), open]);
}
