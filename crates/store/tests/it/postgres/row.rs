//! Rows no code of ours writes: refused by the schema where it can, told of where it cannot.

use vaultpilot_ports::store::{IntentFilter, Page, Store as _, StoreError};

use super::furnish::furnish;
use super::ground::{OWNER, database};

#[tokio::test(flavor = "multi_thread")]
async fn checks_stop_values_that_mean_nothing() {
    let database = database().await;
    let store = database.store().await;
    let ours = furnish(&store).await.tenant;
    let session = database.session(OWNER).await;
    for statement in [
        "UPDATE intents SET state = 'invented'",
        "UPDATE intents SET nonce = -1",
        "UPDATE intents SET tx_hash = NULL",
        "UPDATE reservations SET counted = '\\x01'",
        "UPDATE reservations SET counted = sha256('x')",
        "UPDATE reservations SET state = 'released'",
        "UPDATE wallets SET chains = '{}'",
        "UPDATE wallets SET state = 'not json'",
        "UPDATE tenants SET quota = '[]'",
        "UPDATE leases SET epoch = 0",
        "UPDATE approvals SET failed_codes = -1",
        "UPDATE intents SET created_at = 'yesterday'",
        "UPDATE strategies SET next_at = NULL",
        "UPDATE strategy_runs SET epoch = 0",
        "UPDATE key_tasks SET state = 'invented'",
        "UPDATE key_tasks SET due_at = NULL",
        "UPDATE key_tasks SET work = '[]'",
    ] {
        let begin = format!("BEGIN; SELECT set_config('app.tenant_id', '{ours}', true)");
        session.rows(&begin).await.unwrap();
        session.refusal(statement).await;
        session.rows("ROLLBACK").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_does_not_read_is_told_of() {
    let database = database().await;
    let store = database.store().await;
    let ours = furnish(&store).await;
    for (break_it, table, column) in [
        ("UPDATE tenants SET state = '{}'", "tenants", "state"),
        ("UPDATE wallets SET state = '{}'", "wallets", "state"),
        (
            "UPDATE policies SET document = '{}'",
            "policies",
            "document",
        ),
        ("UPDATE intents SET decision = '{}'", "intents", "decision"),
        ("UPDATE api_keys SET role = 'god'", "api_keys", "role"),
        (
            "UPDATE key_tasks SET state = 'awaiting_approval'",
            "key_tasks",
            "state",
        ),
    ] {
        database.run(break_it).await;
        let mut view = store.read(ours.tenant).await.unwrap();
        let page = || Page::first(10);
        let all = IntentFilter::default();
        let results = [
            view.tenant_fetch().await.map(drop),
            view.wallet_list(page()).await.map(drop),
            view.policy_list().await.map(drop),
            view.intent_list(&all, page()).await.map(drop),
            view.api_key_list().await.map(drop),
            view.key_task_list(page()).await.map(drop),
        ];
        let told = results.into_iter().filter_map(Result::err).any(|error| {
            matches!(error, StoreError::Inconsistent { table: t, column: c, .. } if (t, c) == (table, column))
        });
        assert!(told, "{break_it}");
    }
}
