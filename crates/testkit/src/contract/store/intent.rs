use std::sync::Arc;

use vaultpilot_core::{ChainId, WalletId};
use vaultpilot_intent::{Digest, Intent, IntentState, Refusal, StateName};
use vaultpilot_policy::ReasonCode;
use vaultpilot_ports::Store;
use vaultpilot_ports::store::{InFlight, IntentFilter, Page};

use super::ground::{begin, commit, is_conflict, new_wallet, put, put_judged, settle, view};
use crate::fixture::{
    IntentFixture, address, allowed, approval_id, denied, eth, hash, intent_id, person, request_id,
    second, transfer,
};

/// A payment in every state there is; the nonce tells them apart.
fn in_every_state(base: &IntentFixture) -> Vec<Intent> {
    let at = second(3);
    let fresh = || {
        base.clone()
            .with_id(intent_id())
            .requested_as(&request_id())
    };
    let dropped = match fresh().signed(9).build().state {
        IntentState::Signed { tx } => IntentState::Dropped { tx, at },
        other => other,
    };
    let refusal = Refusal::SimulationMismatch {
        detail: "it pays somebody else".to_owned(),
    };
    let all: Vec<_> = [
        fresh().denied(),
        fresh().awaiting(approval_id(), second(1800)),
        fresh().in_state(IntentState::Rejected { at }),
        fresh().in_state(IntentState::Expired { at }),
        fresh().cancelled(),
        fresh(),
        fresh().in_state(IntentState::Refused { at, refusal }),
        fresh().signed(3),
        fresh().broadcast(4),
        fresh().ambiguous(5),
        fresh().confirmed(6),
        fresh().final_(7),
        fresh().reverted(8),
        fresh().in_state(dropped),
    ]
    .map(IntentFixture::build)
    .into();
    let names: Vec<_> = all.iter().map(|intent| intent.state.name()).collect();
    assert_eq!(names, StateName::ALL);
    all
}

pub(super) async fn survives_in_every_state(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let anna = person("anna").of(tenant).build();
    let native = transfer(&wallet)
        .of(eth(7))
        .requested_by(&anna.kind)
        .noted("rent, \u{1f3e0} May");
    let token = transfer(&wallet)
        .in_token(address(0x70))
        .to(address(1))
        .created_at(second(3));
    for base in [native, token] {
        for (count, intent) in in_every_state(&base).into_iter().enumerate() {
            let judged = if count == 0 {
                denied(ReasonCode::PerTxLimit)
            } else {
                allowed()
            };
            put_judged(store, &intent, &judged).await;
            let mut view = view(store, tenant).await;
            let stored = view.intent_fetch(intent.id).await.unwrap();
            assert_eq!(stored, Some((intent, judged)));
        }
    }
    assert_eq!(
        view(store, tenant)
            .await
            .intent_fetch(intent_id())
            .await
            .unwrap(),
        None
    );
}

pub(super) async fn is_found_by_request_and_by_hash(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    for intent in in_every_state(&transfer(&wallet)) {
        put(store, &intent).await;
        let mut view = view(store, tenant).await;
        let found = view.intent_find(&intent.request_id).await.unwrap();
        assert_eq!(found.map(|it| it.0), Some(intent.clone()));
        if let Some(tx) = intent.state.tx() {
            let found = view.intent_find_by_hash(tx.hash).await.unwrap();
            assert_eq!(found.map(|it| it.0), Some(intent));
        }
    }
    let mut view = view(store, tenant).await;
    assert_eq!(view.intent_find(&request_id()).await.unwrap(), None);
    assert_eq!(view.intent_find_by_hash(hash()).await.unwrap(), None);
}

pub(super) async fn request_id_is_taken_once(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let first = transfer(&wallet).build();
    put(store, &first).await;
    let another = new_wallet(store, tenant).await;
    for again in [
        transfer(&wallet).requested_as(&first.request_id).build(),
        transfer(&another)
            .requested_as(&first.request_id)
            .of(eth(9))
            .build(),
        transfer(&wallet).with_id(first.id).build(),
    ] {
        let mut tx = begin(store, tenant).await;
        let refused = tx.intent_insert(&again, &allowed()).await;
        assert!(is_conflict(&refused), "{refused:?}");
        drop(tx);
    }
    let found = view(store, tenant)
        .await
        .intent_find(&first.request_id)
        .await
        .unwrap();
    assert_eq!(found.map(|it| it.0), Some(first.clone()));

    // Request ids are a tenant's own.
    let (elsewhere, theirs) = settle(store).await;
    let namesake = transfer(&theirs).requested_as(&first.request_id).build();
    put(store, &namesake).await;
    let found = view(store, elsewhere)
        .await
        .intent_find(&first.request_id)
        .await
        .unwrap();
    assert_eq!(found.map(|it| it.0), Some(namesake));
}

pub(super) async fn moves_only_from_where_it_is(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let mut intent = transfer(&wallet)
        .awaiting(approval_id(), second(60))
        .build();
    put_judged(store, &intent, &denied(ReasonCode::ApprovalRequired)).await;

    // Judged again, perhaps by other policies: the decision is bound to the action under those.
    intent.state = IntentState::Authorized { at: second(9) };
    "another".clone_into(&mut intent.policy_version);
    intent.action_digest = Digest::of_action(
        intent.request_digest,
        &intent.request_id,
        &intent.policy_version,
    );
    let mut tx = begin(store, tenant).await;
    tx.intent_update(StateName::AwaitingApproval, &intent, &allowed())
        .await
        .unwrap();
    commit(tx).await;
    let stored = view(store, tenant)
        .await
        .intent_fetch(intent.id)
        .await
        .unwrap();
    assert_eq!(stored, Some((intent.clone(), allowed())));

    let mut late = intent.clone();
    late.state = IntentState::Expired { at: second(61) };
    let unknown = Intent {
        id: intent_id(),
        request_id: request_id(),
        ..late.clone()
    };
    for (from, moved) in [
        (StateName::AwaitingApproval, &late),
        (StateName::Signed, &late),
        (StateName::Authorized, &unknown),
    ] {
        let mut tx = begin(store, tenant).await;
        let refused = tx.intent_update(from, moved, &allowed()).await;
        assert!(is_conflict(&refused), "{from:?}: {refused:?}");
        drop(tx);
    }
    let mut seen = view(store, tenant).await;
    assert_eq!(
        seen.intent_fetch(intent.id).await.unwrap(),
        Some((intent.clone(), allowed()))
    );
    drop(seen);

    // Through its whole life, and found by the hash it got on the way.
    for next in in_every_state(&transfer(&wallet))
        .into_iter()
        .filter(|it| it.state.tx().is_some())
    {
        let from = intent.state.name();
        intent.state = next.state;
        let mut tx = begin(store, tenant).await;
        tx.intent_update(from, &intent, &allowed()).await.unwrap();
        commit(tx).await;
        let hash = intent.state.tx().unwrap().hash;
        let found = view(store, tenant)
            .await
            .intent_find_by_hash(hash)
            .await
            .unwrap();
        assert_eq!(found, Some((intent.clone(), allowed())));
    }
}

type Fits<'a> = &'a dyn Fn(&Intent) -> bool;

pub(super) async fn list_is_newest_first_filtered_and_in_pages(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let other = new_wallet(store, tenant).await;
    let mut made = Vec::new();
    for second_of_making in 0..5 {
        for (wallet, denied) in [(&wallet, false), (&other, true)] {
            let base = transfer(wallet).created_at(second(second_of_making));
            let intent = if denied { base.denied() } else { base }.build();
            put(store, &intent).await;
            made.push(intent);
        }
    }
    made.reverse();
    let every = |_: &Intent| true;
    let only_wallet = |it: &Intent| it.wallet == wallet.id;
    let only_denied = |it: &Intent| it.state.name() == StateName::Denied;
    let filter = |wallet: Option<WalletId>, states: &[StateName]| IntentFilter {
        wallet,
        states: states.to_vec(),
    };
    let both = [StateName::Denied, StateName::Signed];
    let checks: [(IntentFilter, Fits<'_>); 5] = [
        (filter(None, &[]), &every),
        (filter(Some(wallet.id), &[]), &only_wallet),
        (filter(None, &both), &only_denied),
        (filter(Some(other.id), &both), &only_denied),
        (filter(Some(wallet.id), &both), &|_| false),
    ];
    let mut view = view(store, tenant).await;
    for (filter, fits) in checks {
        let expected: Vec<_> = made.iter().filter(|it| fits(it)).cloned().collect();
        let mut seen = Vec::new();
        let mut page = Page::first(3);
        // Bounded: a list that never ends is a failure, not a hang.
        for _page in 0..20 {
            let part = view.intent_list(&filter, page).await.unwrap();
            assert!(part.len() <= 3);
            let Some((last, _)) = part.last() else { break };
            page = Page {
                after: Some(last.id.to_string()),
                limit: 3,
            };
            seen.extend(part.into_iter().map(|it| it.0));
        }
        assert_eq!(seen, expected, "{filter:?}");
    }
}

pub(super) async fn alike_is_the_newest_that_came_to_something(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let other = new_wallet(store, tenant).await;
    let base = transfer(&wallet).created_at(second(100));
    let digest = base.clone().build().request_digest;
    put(
        store,
        &transfer(&wallet).of(eth(2)).created_at(second(100)).build(),
    )
    .await;
    put(store, &transfer(&other).created_at(second(100)).build()).await;
    assert_eq!(alike(store, &wallet, digest, 0).await, None);

    for intent in in_every_state(&base) {
        let before = alike(store, &wallet, digest, 0).await;
        put(store, &intent).await;
        let counts = !matches!(
            intent.state.name(),
            StateName::Denied
                | StateName::Rejected
                | StateName::Expired
                | StateName::Cancelled
                | StateName::Refused
        );
        let expected = if counts { Some(intent.id) } else { before };
        assert_eq!(
            alike(store, &wallet, digest, 0).await,
            expected,
            "{:?}",
            intent.state.name()
        );
    }
    assert_eq!(
        alike(store, &wallet, digest, 101).await,
        None,
        "all of them are older"
    );
    assert!(alike(store, &wallet, digest, 99).await.is_some());
}

async fn alike(
    store: &Arc<dyn Store>,
    wallet: &vaultpilot_core::Wallet,
    digest: vaultpilot_intent::Digest,
    since: i64,
) -> Option<vaultpilot_core::IntentId> {
    let mut view = view(store, wallet.tenant).await;
    view.intent_find_alike(wallet.id, digest, second(since))
        .await
        .unwrap()
}

pub(super) async fn in_flight_spans_tenants_oldest_first(store: &Arc<dyn Store>) {
    assert_eq!(store.intent_in_flight().await.unwrap(), []);
    let (_, one) = settle(store).await;
    let (_, two) = settle(store).await;
    let chain = ChainId::eip155(5);
    let mut expected = Vec::new();
    for wallet in [&one, &two, &one] {
        for intent in in_every_state(&transfer(wallet).on(chain)) {
            put(store, &intent).await;
            if intent.state.name().is_in_flight() {
                expected.push(InFlight {
                    tenant: wallet.tenant,
                    intent: intent.id,
                    chain,
                    address: wallet.address,
                    state: intent.state.name(),
                });
            }
        }
    }
    assert_eq!(expected.len(), 15);
    assert_eq!(store.intent_in_flight().await.unwrap(), expected);
}
