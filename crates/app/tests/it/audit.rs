//! `no_audit_gap`: every decision and every step has its entry, and the chain verifies.

use vaultpilot_app::ServedRead;
use vaultpilot_core::{Caller, Clock as _, Duration, Role, Tool};
use vaultpilot_intent::StateName;
use vaultpilot_ports::ControlPlane;
use vaultpilot_ports::control_plane::{EventQuery, ListQuery};

use crate::house::{House, code, id, payment, treasury};

#[tokio::test(start_paused = true)]
async fn no_audit_gap_a_payment_tells_its_life() {
    let house = House::new().await;
    house.execute();
    let view = house.pay(&payment("0.1")).await;
    house.chain.mine();
    house.until(id(&view), StateName::Confirmed).await;
    house.finish(id(&view)).await;
    let entries = house.audit().await;
    let life: Vec<String> = entries
        .iter()
        .filter(|entry| entry.draft.intent == Some(id(&view)))
        .map(|entry| {
            let state = entry.draft.facts.iter().find(|(name, _)| name == "state");
            let state = state.map_or("", |(_, state)| state);
            format!(
                "{} {} {state}",
                entry.draft.action.as_str(),
                entry.draft.outcome.as_str()
            )
        })
        .collect();
    let expected = [
        "intent.decided allowed ",
        "intent.moved succeeded signed",
        "intent.moved succeeded broadcast",
        "intent.moved succeeded confirmed",
        "intent.moved succeeded final",
    ];
    assert_eq!(life, expected);
    let digest = Some(view.action_digest.clone());
    let mut its = entries
        .iter()
        .filter(|entry| entry.draft.intent == Some(id(&view)));
    assert!(its.all(|entry| entry.draft.digest == digest));
}

#[tokio::test(start_paused = true)]
async fn no_audit_gap_every_call_of_every_kind_is_written_down() {
    let house = House::new().await;
    house.execute();
    let (app, trader) = (&house.app, &house.trader);
    let before = house.audit().await.len();
    let mut calls = 0;
    let mut count = async || {
        calls += 1;
        assert_eq!(house.audit().await.len(), before + calls, "call {calls}");
    };
    app.wallet_list(trader, &ListQuery::default())
        .await
        .unwrap();
    count().await;
    app.wallet_fetch(trader, &treasury()).await.unwrap();
    count().await;
    app.wallet_fetch(trader, &"nobodys".parse().unwrap())
        .await
        .unwrap_err();
    count().await;
    app.policy(trader, &treasury()).await.unwrap();
    count().await;
    app.check(trader, &payment("9")).await.unwrap();
    count().await;
    app.transfer(trader, &payment("9")).await.unwrap();
    count().await;
    let mut reader = trader.clone();
    reader.scopes = vec![vaultpilot_core::Scope::WalletRead];
    app.transfer(&reader, &payment("0.1")).await.unwrap_err();
    count().await;
    let denied = EventQuery {
        denied_only: true,
        ..EventQuery::default()
    };
    let listed = app.person_events(&house.owner, &denied).await.unwrap();
    let codes: Vec<_> = listed
        .items
        .iter()
        .map(|event| event.facts[0].1.as_str())
        .collect();
    assert_eq!(codes, ["insufficient_scope", "per_tx_limit"]);
}

#[tokio::test(start_paused = true)]
async fn no_audit_gap_after_a_busy_day() {
    let house = House::new().await;
    house.execute();
    let anna = house.caller("anna", Role::Approver).await;
    let first = house.pay(&payment("0.1")).await;
    house.pay(&payment("0.1")).await;
    house.pay(&payment("5")).await;
    house.pay(&payment("0.6")).await;
    house.clock.advance(Duration::from_hours(1));
    house.tick().await;
    house
        .app
        .person_wallet_freeze(&anna, &treasury(), "lunch")
        .await
        .unwrap();
    house
        .app
        .transfer(&house.trader, &payment("0.2"))
        .await
        .unwrap_err();
    house
        .app
        .person_wallet_thaw(&house.owner, &treasury())
        .await
        .unwrap();
    house.finish(id(&first)).await;

    let entries = house.audit().await;
    let mut actions: Vec<_> = entries.iter().map(|it| it.draft.action.as_str()).collect();
    actions.sort_unstable();
    actions.dedup();
    let expected = [
        "approval.expired",
        "approval.requested",
        "intent.decided",
        "intent.moved",
        "kek.created",
        "key.created",
        "policy.applied",
        "tenant.created",
        "tool.called",
        "wallet.created",
        "wallet.frozen",
        "wallet.thawed",
    ];
    assert_eq!(actions, expected);
    let seqs: Vec<_> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(
        seqs,
        (1..=u64::try_from(entries.len()).unwrap()).collect::<Vec<_>>()
    );
}

#[tokio::test(start_paused = true)]
async fn events_are_listed_page_by_page_without_a_gap() {
    let house = House::new().await;
    for _ in 0..7 {
        house
            .app
            .wallet_fetch(&house.trader, &treasury())
            .await
            .unwrap();
    }
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = ListQuery {
            cursor,
            limit: Some(3),
        };
        let query = EventQuery {
            page,
            ..EventQuery::default()
        };
        let listed = house.app.person_events(&house.owner, &query).await.unwrap();
        seen.extend(listed.items.iter().map(|event| event.seq));
        cursor = listed.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let mut all: Vec<_> = house.audit().await.iter().map(|entry| entry.seq).collect();
    all.reverse();
    assert_eq!(seen, all);
}

/// What a runtime tells afterwards is believed about reads, and nothing is written beside them.
#[tokio::test(start_paused = true)]
async fn a_runtime_records_reads_and_nothing_else() {
    let house = House::new().await;
    let before = house.audit().await.len();
    let read = |caller: &Caller, tool| ServedRead {
        id: "read-1".to_owned(),
        caller: caller.clone(),
        tool,
        wallet: None,
        served_at: house.clock.now(),
        as_of: house.clock.now(),
        refused: None,
    };
    let record = async |reads: Vec<ServedRead>| house.app.reads_record(house.tenant, &reads).await;
    let mut without = house.trader.clone();
    without.scopes.clear();
    for told in [
        read(&house.trader, Tool::Transfer),
        read(&house.trader, Tool::CreateWallet),
        read(&without, Tool::ListWallets),
    ] {
        let good = read(&house.trader, Tool::ListWallets);
        assert_eq!(code(record(vec![good, told]).await), "not_a_read");
    }
    assert_eq!(house.audit().await.len(), before);
    record(vec![read(&house.trader, Tool::ListWallets)])
        .await
        .unwrap();
    assert_eq!(house.audit().await.len(), before + 1);
}
