use std::time::Duration;

use vaultpilot_core::{Caller, Timestamp};
use vaultpilot_proto::client::Change;
use vaultpilot_proto::wire::{Seen, Snapshot};
use vaultpilot_testkit::fixture;

use super::{HEARTBEATS, Known};

const MAX_AGE: Duration = Duration::from_mins(10);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn told(callers: &[&Caller], state: &str, second: i64) -> Change {
    let seen = |caller: &&Caller| Seen {
        context: vec![1],
        caller: (*caller).clone(),
        tools: Vec::new(),
        wallets: Vec::new(),
        policies: Vec::new(),
        budgets: Vec::new(),
        complete: true,
        admissions: Vec::new(),
    };
    Change {
        resume_token: "t".to_owned(),
        as_of: at(second),
        snapshot: Some(Snapshot {
            tenant_id: fixture::tenant().build().id,
            tenant_state: state.to_owned(),
            callers: callers.iter().map(seen).collect(),
        }),
    }
}

fn unchanged(second: i64) -> Change {
    Change {
        resume_token: "t".to_owned(),
        as_of: at(second),
        snapshot: None,
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_heard_is_told_for_so_long_and_a_heartbeat_renews_it() {
    let known = Known::new(MAX_AGE);
    let bot = fixture::agent("bot").build();
    assert!(known.memory_of(&bot).is_none());
    assert!(!known.answers());

    known.hear(told(&[&bot], "active", 100));
    assert_eq!(known.memory_of(&bot).unwrap().as_of, at(100));
    tokio::time::advance(MAX_AGE).await;
    known.hear(unchanged(700));
    tokio::time::advance(MAX_AGE).await;
    assert_eq!(known.memory_of(&bot).unwrap().as_of, at(700));
    assert!(known.answers());
    tokio::time::advance(Duration::from_millis(1)).await;
    assert!(known.memory_of(&bot).is_none());
    assert!(!known.answers());
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_a_newer_snapshot_leaves_out_is_forgotten() {
    let known = Known::new(MAX_AGE);
    let (bot, other) = (
        fixture::agent("bot").build(),
        fixture::agent("other").build(),
    );
    known.hear(told(&[&bot, &other], "active", 1));
    assert_eq!(
        known.memory_of(&other).unwrap().seen().unwrap().caller,
        other
    );
    known.hear(told(&[&bot], "active", 2));
    assert!(known.memory_of(&other).is_none());
    assert!(known.memory_of(&bot).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_not_active_is_told_nothing_from_memory() {
    let known = Known::new(MAX_AGE);
    let bot = fixture::agent("bot").build();
    for state in ["frozen", "archived", "suspended", ""] {
        known.hear(told(&[&bot], state, 1));
        assert!(known.memory_of(&bot).is_none(), "{state}");
        assert!(known.answers(), "the control plane is there");
    }
}

#[tokio::test(start_paused = true)]
async fn without_memory_a_control_plane_that_is_heard_is_enough_to_be_ready() {
    let known = Known::new(Duration::ZERO);
    known.hear(unchanged(1));
    tokio::time::advance(HEARTBEATS).await;
    assert!(known.answers());
    tokio::time::advance(Duration::from_millis(1)).await;
    assert!(!known.answers());
}

#[tokio::test]
async fn the_tenants_id_is_waited_for() {
    let known = Known::new(MAX_AGE);
    let mut tenant = known.tenant();
    assert_eq!(*tenant.borrow(), None);
    let change = told(&[], "active", 1);
    let id = change.snapshot.as_ref().map(|snapshot| snapshot.tenant_id);
    known.hear(change);
    assert_eq!(*tenant.wait_for(Option::is_some).await.unwrap(), id);
}
