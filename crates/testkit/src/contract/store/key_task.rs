use std::sync::Arc;

use vaultpilot_audit::Actor;
use vaultpilot_core::TenantId;
use vaultpilot_ports::Store;
use vaultpilot_ports::keys::Export;
use vaultpilot_ports::store::{ImportPolicy, KeyLevel, KeyTask, KeyTaskState, KeyWork, Page};

use super::ground::{begin, commit, is_conflict, new_tenant, view};
use crate::fixture::{
    address, key_id, key_import, key_task, key_task_id, moved_task, second, wallet_id,
};

async fn put(store: &Arc<dyn Store>, tenant: TenantId, task: &KeyTask) {
    let mut tx = begin(store, tenant).await;
    tx.key_task_insert(task).await.unwrap();
    commit(tx).await;
}

fn rotation() -> KeyWork {
    KeyWork::Rotate {
        level: KeyLevel::Tenant,
    }
}

fn anna() -> Actor {
    Actor::Person {
        key: key_id(),
        name: "anna".to_owned(),
    }
}

fn states() -> [KeyTaskState; 7] {
    [
        KeyTaskState::AwaitingApproval {
            expires_at: second(100),
        },
        KeyTaskState::Rejected { by: anna() },
        KeyTaskState::Expired,
        KeyTaskState::Running {
            approved_by: Some(anna()),
            done: 1,
            total: 7,
            last_error: Some("key provider is sealed".to_owned()),
        },
        KeyTaskState::Failed {
            code: "kek_missing".to_owned(),
            detail: "version 1".to_owned(),
        },
        KeyTaskState::Succeeded {
            done: 7,
            bundle: Some("sealed".to_owned()),
            addresses: vec![(wallet_id(), address(7))],
        },
        KeyTaskState::Succeeded {
            done: 1,
            bundle: None,
            addresses: Vec::new(),
        },
    ]
}

pub(super) async fn survives_in_every_state(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    let export = KeyWork::Export {
        wallet: wallet_id(),
        export: Export::Age {
            recipient: "age1".to_owned(),
        },
        voucher: Some([7; 32].into()),
    };
    for (state, work) in states()
        .into_iter()
        .zip([rotation(), export, key_import(1)].into_iter().cycle())
    {
        let made = KeyTask {
            by: anna(),
            state: state.clone(),
            created_at: second(3),
            updated_at: second(4),
            ..key_task(work.clone())
        };
        put(store, tenant, &made).await;
        let mut seen = view(store, tenant).await;
        let stored = seen.key_task_fetch(made.id).await.unwrap();
        assert_eq!(stored.as_ref(), Some(&made));
        drop(seen);

        let begun = key_task(work);
        put(store, tenant, &begun).await;
        let moved = moved_task(&begun, state);
        let mut tx = begin(store, tenant).await;
        tx.key_task_update(begun.revision, &moved).await.unwrap();
        commit(tx).await;
        let mut seen = view(store, tenant).await;
        let stored = seen.key_task_fetch(begun.id).await.unwrap();
        assert_eq!(stored, Some(moved));
    }
    let mut seen = view(store, tenant).await;
    assert_eq!(seen.key_task_fetch(key_task_id()).await.unwrap(), None);
}

pub(super) async fn moves_only_from_what_was_seen(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    let task = key_task(key_import(1));
    put(store, tenant, &task).await;
    let mut tx = begin(store, tenant).await;
    assert!(is_conflict(&tx.key_task_insert(&task).await));
    drop(tx);

    // An import that ended forgets what was sealed; who asked for it and when stays.
    let mut ended = moved_task(&task, KeyTaskState::Expired);
    ended.work = KeyWork::Import {
        keys: Vec::new(),
        policy: ImportPolicy::default(),
    };
    let usurped = KeyTask {
        by: anna(),
        created_at: second(50),
        ..ended.clone()
    };
    let mut tx = begin(store, tenant).await;
    tx.key_task_update(task.revision, &usurped).await.unwrap();
    commit(tx).await;
    let late = moved_task(&task, task.state.clone());
    let unknown = key_task(rotation());
    for (seen, wrong) in [
        (task.revision, &late),
        (ended.revision + 1, &late),
        (u64::from(u32::MAX), &late),
        (unknown.revision, &unknown),
    ] {
        let mut tx = begin(store, tenant).await;
        assert!(is_conflict(&tx.key_task_update(seen, wrong).await));
        drop(tx);
    }
    let mut seen = view(store, tenant).await;
    let stored = seen.key_task_fetch(task.id).await.unwrap();
    assert_eq!(stored, Some(ended));
    assert_eq!(seen.key_task_fetch(unknown.id).await.unwrap(), None);
}

pub(super) async fn list_is_newest_first_in_pages(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    let tasks: Vec<_> = (0..3).map(|_| key_task(rotation())).collect();
    for task in &tasks {
        put(store, tenant, task).await;
    }
    let mut seen = view(store, tenant).await;
    let mut list = async |after: Option<&KeyTask>, limit| {
        let after = after.map(|task| task.id.to_string());
        let found = seen.key_task_list(Page { after, limit }).await.unwrap();
        found.into_iter().map(|task| task.id).collect::<Vec<_>>()
    };
    let [oldest, middle, newest] = &tasks[..] else {
        panic!("three were made")
    };
    assert_eq!(list(None, 9).await, [newest.id, middle.id, oldest.id]);
    assert_eq!(list(None, 2).await, [newest.id, middle.id]);
    assert_eq!(list(Some(middle), 2).await, [oldest.id]);
    assert_eq!(list(Some(oldest), 2).await, []);
}

pub(super) async fn open_spans_tenants_oldest_first(store: &Arc<dyn Store>) {
    let one = new_tenant(store).await.id;
    let other = new_tenant(store).await.id;
    assert_eq!(store.key_task_open(second(999)).await.unwrap(), []);
    let mut made = Vec::new();
    for state in states() {
        for tenant in [one, other] {
            let task = KeyTask {
                state: state.clone(),
                ..key_task(rotation())
            };
            put(store, tenant, &task).await;
            made.push((tenant, task));
        }
    }
    // Over means at that very moment.
    for (now, expected) in [(second(99), 4), (second(100), 6)] {
        let open = made.iter().filter(|(_, task)| task.state.is_open(now));
        let open: Vec<_> = open.map(|(tenant, task)| (*tenant, task.id)).collect();
        assert_eq!(open.len(), expected);
        assert_eq!(store.key_task_open(now).await.unwrap(), open);
    }
}
