use std::sync::Arc;

use vaultpilot_ports::Store;
use vaultpilot_ports::store::{Approval, ApprovalState, Page, SecretHash};

use super::ground::{begin, commit, is_conflict, put, settle, view};
use crate::fixture::{approval, approval_id, hash, person, second, transfer};

/// A waiting approval of a new payment.
async fn ask(store: &Arc<dyn Store>, wallet: &vaultpilot_core::Wallet, until: i64) -> Approval {
    let intent = transfer(wallet)
        .awaiting(approval_id(), second(until))
        .build();
    put(store, &intent).await;
    let asked = approval(&intent)
        .expiring_at(second(until))
        .with_code(SecretHash(hash().0))
        .build();
    let mut tx = begin(store, wallet.tenant).await;
    tx.approval_insert(&asked).await.unwrap();
    commit(tx).await;
    asked
}

fn endings() -> [ApprovalState; 5] {
    let by = person("anna").build().kind;
    let at = second(5);
    [
        ApprovalState::Approved { by: by.clone(), at },
        ApprovalState::Rejected { by, at },
        ApprovalState::Expired { at },
        ApprovalState::Locked { at },
        ApprovalState::Withdrawn { at },
    ]
}

pub(super) async fn is_kept_and_listed(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(ask(store, &wallet, 60).await);
    }
    for (asked, state) in made.iter_mut().zip(endings()).take(2) {
        let mut tx = begin(store, tenant).await;
        tx.approval_update(asked, &state).await.unwrap();
        commit(tx).await;
        asked.state = state;
    }
    let mut seen = view(store, tenant).await;
    for asked in &made {
        assert_eq!(
            seen.approval_fetch(asked.id).await.unwrap().as_ref(),
            Some(asked)
        );
    }
    assert_eq!(seen.approval_fetch(approval_id()).await.unwrap(), None);

    made.reverse();
    for waiting_only in [false, true] {
        let mut listed = Vec::new();
        let mut page = Page::first(2);
        // Bounded: a list that never ends is a failure, not a hang.
        for _page in 0..20 {
            let part = seen.approval_list(waiting_only, page).await.unwrap();
            assert!(part.len() <= 2);
            let Some(last) = part.last() else { break };
            page = Page {
                after: Some(last.id.to_string()),
                limit: 2,
            };
            listed.extend(part);
        }
        let expected = if waiting_only { &made[..3] } else { &made[..] };
        assert_eq!(listed, expected, "newest first");
    }
}

pub(super) async fn is_decided_once(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    for ending in endings() {
        let asked = ask(store, &wallet, 60).await;
        let failed = ApprovalState::Waiting { failed_codes: 1 };
        let mut tx = begin(store, tenant).await;
        tx.approval_update(&asked, &failed).await.unwrap();
        commit(tx).await;

        // Whoever has not seen the wrong code may not decide: the count is what locks it.
        let mut tx = begin(store, tenant).await;
        assert!(is_conflict(&tx.approval_update(&asked, &ending).await));
        drop(tx);
        let seen = view(store, tenant)
            .await
            .approval_fetch(asked.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(seen.state, failed);

        let mut tx = begin(store, tenant).await;
        tx.approval_update(&seen, &ending).await.unwrap();
        commit(tx).await;
        let decided = view(store, tenant)
            .await
            .approval_fetch(asked.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            decided,
            Approval {
                state: ending.clone(),
                ..asked.clone()
            }
        );

        for late in endings() {
            for seen in [&asked, &seen, &decided] {
                let mut tx = begin(store, tenant).await;
                assert!(
                    is_conflict(&tx.approval_update(seen, &late).await),
                    "{late:?}"
                );
                drop(tx);
            }
        }
        let still = view(store, tenant)
            .await
            .approval_fetch(asked.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(still.state, ending);
    }
}

pub(super) async fn overdue_spans_tenants(store: &Arc<dyn Store>) {
    let (one, wallet) = settle(store).await;
    let (two, other) = settle(store).await;
    let early = ask(store, &wallet, 10).await;
    let late = ask(store, &other, 20).await;
    let answered = ask(store, &other, 5).await;
    let mut tx = begin(store, two).await;
    tx.approval_update(&answered, &endings()[0]).await.unwrap();
    commit(tx).await;

    let overdue = async |now: i64| {
        let mut found = store.approval_overdue(second(now)).await.unwrap();
        found.sort_unstable();
        found
    };
    assert_eq!(overdue(9).await, []);
    assert_eq!(overdue(11).await, [(one, early.id)]);
    assert_eq!(overdue(21).await, [(one, early.id), (two, late.id)]);
}
