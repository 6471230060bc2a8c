//! Keys and tasks on them, with another tenant's ids.

use std::sync::Arc;

use vaultpilot_ports::Store;
use vaultpilot_ports::store::KeyTaskState;

use super::super::furnish::furnish;
use super::super::ground::{begin, commit, everything, is_conflict, new_tenant, view};
use crate::fixture::{key_task, moved_task, next_kek, next_key, second, wallet, wrapped_key};

/// Nothing of it happens to the keys of the one, nor under the name of the other.
pub(in crate::contract::store) async fn tenants_never_meet_when_writing_keys(
    store: &Arc<dyn Store>,
) {
    let ours = furnish(store).await;
    let stranger = new_tenant(store).await.id;
    let before = everything(&mut *view(store, ours.tenant.id).await).await;
    let nothing = everything(&mut *view(store, stranger).await).await;
    let next = next_key(&wrapped_key(1), None);
    let moved = moved_task(&ours.task, KeyTaskState::Expired);
    let twin = wallet().of(stranger).at_address(ours.wallet.address);
    let twin = twin.build();
    let under_ours = next_key(&wrapped_key(1), Some(ours.kek.version));
    for attempt in 0..7 {
        let mut tx = begin(store, stranger).await;
        let refused = match attempt {
            0 => is_conflict(&tx.wallet_key_rewrap(ours.wallet.id, &next).await),
            1 => is_conflict(&tx.kek_insert(&next_kek(&ours.kek)).await),
            2 => is_conflict(&tx.key_task_update(ours.task.revision, &moved).await),
            3 => is_conflict(&tx.wallet_insert(&twin, &wrapped_key(1)).await),
            4 => {
                let own = wallet().of(stranger).build();
                is_conflict(&tx.wallet_insert(&own, &under_ours).await)
            }
            5 => tx.wallet_key_purge().await.unwrap() == 0,
            _ => tx.kek_purge().await.unwrap() == 0,
        };
        assert!(refused, "attempt {attempt}");
        // As if whoever was refused went on all the same.
        commit(tx).await;
        let after = everything(&mut *view(store, ours.tenant.id).await).await;
        assert_eq!(after, before, "attempt {attempt}");
        let after = everything(&mut *view(store, stranger).await).await;
        assert_eq!(after, nothing, "attempt {attempt}");
    }
    // Each has tasks of its own, and the signing side is told of both.
    let own_task = key_task(ours.task.work.clone());
    let mut tx = begin(store, stranger).await;
    tx.key_task_insert(&own_task).await.unwrap();
    commit(tx).await;
    let open = store.key_task_open(second(9)).await.unwrap();
    let theirs = (stranger, own_task.id);
    assert_eq!(open, [(ours.tenant.id, ours.task.id), theirs]);
    let after = everything(&mut *view(store, ours.tenant.id).await).await;
    assert_eq!(after, before);
}
