//! Rows no code of ours writes: refused by the schema where it can, told of where it cannot.

use diesel::connection::SimpleConnection as _;
use vaultpilot_audit::{Action, Actor, Broken, Draft, Outcome, verify};
use vaultpilot_core::{Asset, Wallet};
use vaultpilot_policy::{CounterScope, UsageKey};
use vaultpilot_ports::store::{IntentFilter, Page, Store as _, StoreError};
use vaultpilot_testkit::fixture::{
    CHAIN, allowed, api_key, approval, audit_id, kek, key_import, key_task, next_kek, next_key,
    policy, reservation_of, second, transfer,
};

use crate::ground::{Place, place};

async fn furnished() -> (Place, Wallet) {
    let place = place().await;
    let ours = place.settle().await;
    let intent = transfer(&ours).signed(7).build();
    let lease = place
        .store
        .lease_acquire(
            CHAIN,
            ours.address,
            "me",
            second(0),
            std::time::Duration::from_mins(1),
        )
        .await
        .unwrap()
        .unwrap();
    let mut tx = place.begin(&ours).await;
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.reservation_insert(&reservation_of(&intent))
        .await
        .unwrap();
    tx.nonce_take(&lease, 7, intent.id).await.unwrap();
    tx.approval_insert(&approval(&intent).build())
        .await
        .unwrap();
    let again = kek(1);
    let key = tx.wallet_key_fetch(ours.id).await.unwrap().unwrap();
    tx.kek_insert(&again).await.unwrap();
    tx.kek_insert(&next_kek(&again)).await.unwrap();
    tx.kek_insert(&kek(2)).await.unwrap();
    tx.wallet_key_rewrap(ours.id, &next_key(&key, Some(1)))
        .await
        .unwrap();
    tx.key_task_insert(&key_task(key_import(2))).await.unwrap();
    tx.policy_put(&policy("guard")).await.unwrap();
    tx.api_key_insert(&api_key("trader").build()).await.unwrap();
    let draft = || {
        Draft::new(
            audit_id(),
            second(1),
            Action::ToolCalled,
            Actor::System,
            Outcome::Allowed,
        )
    };
    tx.audit_append(vec![draft(), draft(), draft()])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (place, ours)
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_stop_whoever_comes_through_sql() {
    let (place, _) = furnished().await;
    let mut intruder = place.intruder();
    for (statement, refusal) in [
        ("UPDATE mcp_events SET outcome = 'denied'", "never changed"),
        (
            "UPDATE mcp_events SET seq = seq + 1 WHERE seq = 3",
            "never changed",
        ),
        ("DELETE FROM mcp_events WHERE seq = 3", "never deleted"),
        (
            "INSERT OR REPLACE INTO mcp_events SELECT * FROM mcp_events WHERE seq = 2",
            "behind",
        ),
        (
            "INSERT INTO mcp_events SELECT tenant_id, 5, 'evt_x', wallet_id, intent_id, outcome,
             draft, prev_hash, hash FROM mcp_events WHERE seq = 3",
            "behind",
        ),
        (
            "UPDATE wallet_keys SET envelope = x'00'",
            "never overwritten",
        ),
        ("DELETE FROM wallet_keys", "never deleted"),
        (
            "DELETE FROM wallet_keys WHERE generation = 2",
            "never deleted",
        ),
        (
            "INSERT OR REPLACE INTO wallet_keys SELECT * FROM wallet_keys WHERE generation = 2",
            "behind",
        ),
        (
            "INSERT INTO wallet_keys SELECT * FROM wallet_keys WHERE generation = 2
             ON CONFLICT DO UPDATE SET envelope = x'00'",
            "behind",
        ),
        (
            "INSERT INTO wallet_keys SELECT tenant_id, wallet_id, version, 4, provider, kek, x'00'
             FROM wallet_keys WHERE generation = 2",
            "behind",
        ),
        (
            "INSERT INTO wallet_keys SELECT tenant_id, wallet_id, 0, 3, provider, kek, x'00'
             FROM wallet_keys WHERE generation = 2",
            "behind",
        ),
        (
            "INSERT INTO wallet_keys SELECT tenant_id, wallet_id, version, 3, provider, 9, x'00'
             FROM wallet_keys WHERE generation = 2",
            "names a key-encryption key that is there",
        ),
        (
            "UPDATE tenant_keks SET wrapped = x'00'",
            "never overwritten",
        ),
        ("DELETE FROM tenant_keks", "never deleted"),
        (
            "DELETE FROM tenant_keks WHERE version = 1 AND generation = 2",
            "never deleted",
        ),
        ("DELETE FROM tenant_keks WHERE version = 2", "never deleted"),
        (
            "INSERT OR REPLACE INTO tenant_keks SELECT * FROM tenant_keks WHERE version = 2",
            "behind",
        ),
        (
            "INSERT INTO tenant_keks SELECT tenant_id, version, 3, management, root, wrapped,
                 randomblob(32), imports, mac, created_at
             FROM tenant_keks WHERE version = 1 AND generation = 2",
            "behind",
        ),
        (
            "UPDATE tenants SET keys = '{\"provider\":\"vault\"}'",
            "never changes once there is one",
        ),
        (
            "UPDATE nonces SET intent_id = 'txn_x'",
            "never changes its owner",
        ),
        ("DELETE FROM nonces", "never given back"),
    ] {
        let refused = intruder.batch_execute(statement).unwrap_err().to_string();
        assert!(refused.contains(refusal), "{statement}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_stop_values_that_mean_nothing() {
    let (place, _) = furnished().await;
    let mut intruder = place.intruder();
    for statement in [
        "UPDATE intents SET state = 'invented'",
        "UPDATE intents SET nonce = -1",
        "UPDATE intents SET tx_hash = NULL",
        "UPDATE reservations SET counted = x'01'",
        "UPDATE reservations SET counted = randomblob(32)",
        "UPDATE reservations SET state = 'released'",
        "UPDATE wallets SET chains = '{}'",
        "UPDATE leases SET epoch = 0",
        "UPDATE approvals SET failed_codes = -1",
        "UPDATE intents SET created_at = 'yesterday'",
        "UPDATE key_tasks SET state = 'invented'",
        "UPDATE key_tasks SET due_at = NULL",
        "UPDATE tenants SET keys = '[]'",
    ] {
        assert!(intruder.batch_execute(statement).is_err(), "{statement}");
    }
}

/// Breaks one cell, reads everything, and hands back what the store says.
async fn after(break_it: &str) -> (&'static str, &'static str) {
    let (place, ours) = furnished().await;
    let mut intruder = place.intruder();
    intruder
        .batch_execute("PRAGMA ignore_check_constraints = ON")
        .unwrap();
    intruder.batch_execute(break_it).unwrap();
    let mut view = place.store.read(ours.tenant).await.unwrap();
    let window = std::time::Duration::from_mins(1);
    let key = UsageKey {
        scope: CounterScope::Tenant,
        asset: Asset::native(CHAIN),
        window,
    };
    let page = || Page::first(10);
    let results = [
        view.tenant_fetch().await.map(drop),
        view.wallet_list(page()).await.map(drop),
        view.wallet_key_fetch(ours.id).await.map(drop),
        view.policy_list().await.map(drop),
        view.intent_list(&IntentFilter::default(), page())
            .await
            .map(drop),
        view.approval_list(false, page()).await.map(drop),
        view.api_key_list().await.map(drop),
        view.usage(&key, ours.id, "trader", second(-1))
            .await
            .map(drop),
        view.audit_list(0, 10).await.map(drop),
        view.kek_list().await.map(drop),
        view.key_task_list(page()).await.map(drop),
    ];
    let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    match &errors[..] {
        [StoreError::Inconsistent { table, column, row }] => {
            assert!(!row.is_empty());
            (table, column)
        }
        other => panic!("{break_it}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_does_not_read_is_told_of() {
    for (break_it, place) in [
        ("UPDATE tenants SET state = '{}'", ("tenants", "state")),
        (
            "UPDATE tenants SET name = 'Not A Label'",
            ("tenants", "name"),
        ),
        (
            "UPDATE wallets SET state = '{\"state\":\"melted\"}'",
            ("wallets", "state"),
        ),
        (
            "UPDATE wallets SET address = 'nowhere'",
            ("wallets", "address"),
        ),
        (
            "UPDATE policies SET document = '{}'",
            ("policies", "document"),
        ),
        ("UPDATE policies SET id = 'pol_x'", ("policies", "id")),
        (
            "UPDATE intents SET intent = 'not json'",
            ("intents", "intent"),
        ),
        (
            "UPDATE intents SET facts = '{\"state\":\"denied\"}'",
            ("intents", "facts"),
        ),
        ("UPDATE intents SET state = 'final'", ("intents", "state")),
        (
            "UPDATE intents SET decision = '{}'",
            ("intents", "decision"),
        ),
        (
            "UPDATE intents SET address = '0x00'",
            ("intents", "address"),
        ),
        (
            "UPDATE intents SET request_id = 'another-request-id'",
            ("intents", "request_id"),
        ),
        (
            "UPDATE approvals SET failed_codes = 3",
            ("approvals", "state"),
        ),
        (
            "UPDATE approvals SET state = 'approved'",
            ("approvals", "state"),
        ),
        (
            "UPDATE approvals SET requester = '[]'",
            ("approvals", "requester"),
        ),
        ("UPDATE api_keys SET role = 'god'", ("api_keys", "role")),
        (
            "UPDATE key_tasks SET requester = '{}'",
            ("key_tasks", "requester"),
        ),
        (
            "UPDATE key_tasks SET work = '{\"kind\":\"magic\"}'",
            ("key_tasks", "work"),
        ),
        (
            "UPDATE key_tasks SET state = 'expired'",
            ("key_tasks", "state"),
        ),
        ("UPDATE key_tasks SET due_at = 7", ("key_tasks", "due_at")),
        (
            "DROP TRIGGER tenant_keks_no_update;
             UPDATE tenant_keks SET management = '{}' WHERE version = 2",
            ("tenant_keks", "management"),
        ),
        (
            "DROP TRIGGER tenant_keks_no_update;
             UPDATE tenant_keks SET seals = x'00' WHERE version = 2",
            ("tenant_keks", "seals"),
        ),
        (
            "DROP TRIGGER tenants_keep_keys; UPDATE tenants SET keys = '{}'",
            ("tenants", "keys"),
        ),
        (
            "DROP TRIGGER wallet_keys_no_update;
             UPDATE wallet_keys SET kek = -1 WHERE generation = 2",
            ("wallet_keys", "kek"),
        ),
        ("UPDATE api_keys SET hash = x'00'", ("api_keys", "hash")),
        (
            "UPDATE reservations SET counted = x'01'",
            ("reservations", "counted"),
        ),
    ] {
        assert_eq!(after(break_it).await, place, "{break_it}");
    }
}

/// Another tenant's intent, moved over by hand, is not shown as one's own.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_moved_to_another_tenant_is_not_its_own() {
    let (place, theirs) = furnished().await;
    let ours = place.settle().await;
    let mut intruder = place.intruder();
    let moved = format!("UPDATE intents SET tenant_id = '{}'", ours.tenant);
    intruder.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
    intruder.batch_execute(&moved).unwrap();
    let mut view = place.store.read(ours.tenant).await.unwrap();
    let listed = view
        .intent_list(&IntentFilter::default(), Page::first(10))
        .await;
    assert!(matches!(
        listed,
        Err(StoreError::Inconsistent {
            column: "tenant_id",
            ..
        })
    ));
    assert_ne!(theirs.tenant, ours.tenant);
    let findings = place.store.check().await.unwrap();
    assert!(
        findings.iter().any(|it| it.contains("without its parent")),
        "{findings:?}"
    );
}

/// Whoever drops the triggers can change an entry, and is found out.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_changed_without_triggers_breaks_the_chain() {
    let (place, ours) = furnished().await;
    let mut intruder = place.intruder();
    intruder
        .batch_execute(
            "DROP TRIGGER mcp_events_no_update;
             UPDATE mcp_events SET draft = replace(draft, 'allowed', 'denied') WHERE seq = 2;",
        )
        .unwrap();
    let mut view = place.store.read(ours.tenant).await.unwrap();
    let entries = view.audit_list(0, 10).await.unwrap();
    assert_eq!(
        verify(ours.tenant, &entries),
        Err(Broken::Altered { seq: 2 })
    );
}
