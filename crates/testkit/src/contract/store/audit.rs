use std::sync::Arc;

use vaultpilot_audit::{Action, Actor, Draft, Entry, Head, Outcome, verify};
use vaultpilot_core::{IntentId, WalletId};
use vaultpilot_ports::Store;
use vaultpilot_ports::store::{EventFilter, Page};

use super::ground::{begin, commit, new_tenant, view};
use crate::fixture::{audit_id, intent_id, key_id, second, wallet_id};

fn draft(outcome: Outcome, wallet: Option<WalletId>, intent: Option<IntentId>) -> Draft {
    let actor = Actor::Agent {
        key: key_id(),
        name: "trader".to_owned(),
    };
    Draft {
        tool: Some("transfer".to_owned()),
        wallet,
        intent,
        digest: Some("0x00".to_owned()),
        policy_version: Some("v1".to_owned()),
        ..Draft::new(audit_id(), second(1), Action::IntentDecided, actor, outcome)
    }
    .fact("note", "\"quoted\", \u{e9}t\u{e9}, and a\nline")
}

pub(super) async fn chains_without_gap(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    let other = new_tenant(store).await.id;
    assert_eq!(
        view(store, tenant).await.audit_head().await.unwrap(),
        Head::GENESIS
    );

    let mut drafts = Vec::new();
    for batch in [1, 3, 0, 2] {
        let new: Vec<_> = (0..batch)
            .map(|_| draft(Outcome::Allowed, None, None))
            .collect();
        drafts.extend(new.clone());
        let mut tx = begin(store, tenant).await;
        let head = tx.audit_append(new).await.unwrap();
        assert_eq!(tx.audit_head().await.unwrap(), head);
        commit(tx).await;
        assert_eq!(usize::try_from(head.seq).unwrap(), drafts.len());
        assert_eq!(view(store, tenant).await.audit_head().await.unwrap(), head);
        // Another tenant's entries lie between ours, in a chain of their own.
        let mut tx = begin(store, other).await;
        tx.audit_append(vec![draft(Outcome::Denied, None, None)])
            .await
            .unwrap();
        commit(tx).await;
    }
    // Appending twice in one unit of work continues the chain, too.
    let mut tx = begin(store, tenant).await;
    for _ in 0..2 {
        let new = draft(Outcome::Succeeded, Some(wallet_id()), Some(intent_id()));
        drafts.push(new.clone());
        tx.audit_append(vec![new]).await.unwrap();
    }
    commit(tx).await;

    let mut seen = view(store, tenant).await;
    let entries = seen.audit_list(0, 100).await.unwrap();
    assert_eq!(
        verify(tenant, &entries),
        Ok(seen.audit_head().await.unwrap())
    );
    let kept: Vec<_> = entries.iter().map(|entry| entry.draft.clone()).collect();
    assert_eq!(kept, drafts, "nothing of a draft is lost");

    let mut paged = Vec::new();
    // Bounded: a list that never ends is a failure, not a hang.
    for _page in 0..20 {
        let after = paged.last().map_or(0, |entry: &Entry| entry.seq);
        let part = seen.audit_list(after, 3).await.unwrap();
        assert!(part.len() <= 3);
        if part.is_empty() {
            break;
        }
        paged.extend(part);
    }
    assert_eq!(paged, entries);
    let theirs = view(store, other).await.audit_list(0, 100).await.unwrap();
    assert_eq!(verify(other, &theirs).unwrap().seq, 4);
}

pub(super) async fn is_searched_newest_first(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    let (wallet, intent) = (wallet_id(), intent_id());
    let mut tx = begin(store, tenant).await;
    for outcome in [
        Outcome::Allowed,
        Outcome::Denied,
        Outcome::NeedsApproval,
        Outcome::Failed,
    ] {
        for about in [None, Some(wallet), Some(wallet_id())] {
            tx.audit_append(vec![draft(outcome, about, about.map(|_| intent))])
                .await
                .unwrap();
        }
    }
    commit(tx).await;
    let mut seen = view(store, tenant).await;
    let mut newest_first = seen.audit_list(0, 100).await.unwrap();
    newest_first.reverse();
    assert_eq!(newest_first.len(), 12);

    let filters = [
        (EventFilter::default(), 12),
        (
            EventFilter {
                wallet: Some(wallet),
                ..EventFilter::default()
            },
            4,
        ),
        (
            EventFilter {
                intent: Some(intent),
                ..EventFilter::default()
            },
            8,
        ),
        (
            EventFilter {
                denied_only: true,
                ..EventFilter::default()
            },
            3,
        ),
        (
            EventFilter {
                wallet: Some(wallet),
                intent: Some(intent),
                denied_only: true,
            },
            1,
        ),
        (
            EventFilter {
                wallet: Some(wallet_id()),
                ..EventFilter::default()
            },
            0,
        ),
    ];
    for (filter, count) in filters {
        let fits = |entry: &&Entry| {
            filter
                .wallet
                .is_none_or(|wallet| entry.draft.wallet == Some(wallet))
                && filter
                    .intent
                    .is_none_or(|intent| entry.draft.intent == Some(intent))
                && (!filter.denied_only || entry.draft.outcome == Outcome::Denied)
        };
        let expected: Vec<_> = newest_first.iter().filter(fits).cloned().collect();
        assert_eq!(expected.len(), count);
        let mut found = Vec::new();
        let mut page = Page::first(2);
        // Bounded: a list that never ends is a failure, not a hang.
        for _page in 0..20 {
            let part = seen.audit_search(&filter, page).await.unwrap();
            assert!(part.len() <= 2);
            let Some(last) = part.last() else { break };
            page = Page {
                after: Some(last.draft.id.to_string()),
                limit: 2,
            };
            found.extend(part);
        }
        assert_eq!(found, expected, "{filter:?}");
    }
}
