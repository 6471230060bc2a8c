//! The border between tenants holds below our queries: whoever has the application's password and
//! any SQL he likes sees and writes one tenant's rows at a time, and changes no rule.

use super::furnish::furnish;
use super::ground::{APP, Database, OWNER, Session, database};

/// Tables with an owner for each row, and the column that names it.
async fn owned(database: &Database) -> Vec<(String, &'static str)> {
    let tables = database
        .run(
            "SELECT relname FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                 AND relname NOT IN ('leases', '__diesel_schema_migrations')
             ORDER BY relname",
        )
        .await;
    let column = |table: &str| match table {
        "tenants" => "id",
        _ => "tenant_id",
    };
    let owned: Vec<_> = tables
        .into_iter()
        .map(|mut row| row.remove(0))
        .map(|table| (table.clone(), column(&table)))
        .collect();
    assert!(owned.len() >= 16, "{owned:?}");
    owned
}

async fn act_for(session: &Session, tenant: &str) {
    let sql = format!("BEGIN; SELECT set_config('app.tenant_id', '{tenant}', true)");
    session.rows(&sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_forgets_its_tenant_finds_nothing() {
    let database = database().await;
    let store = database.store().await;
    let ours = furnish(&store).await.tenant.to_string();
    let theirs = furnish(&store).await.tenant.to_string();
    let session = database.session(APP).await;
    for (table, column) in owned(&database).await {
        let all = format!("SELECT count(*) FROM {table}");
        let real = format!("{all} WHERE {column} = '{ours}'");
        let real: i64 = database.run(&real).await[0][0].parse().unwrap();
        assert!(real > 0, "{table} is empty, or the rest proves nothing");
        assert_eq!(session.count(&all).await, 0, "{table} without a tenant");
        act_for(&session, &ours).await;
        assert_eq!(session.count(&all).await, real, "{table} of ours");
        let foreign = format!("{all} WHERE {column} = '{theirs}'");
        assert_eq!(session.count(&foreign).await, 0, "{table} of theirs");
        session.rows("ROLLBACK").await.unwrap();
        // The setting went with its transaction.
        assert_eq!(session.count(&all).await, 0, "{table} afterwards");
    }
}

/// Rows of another tenant are neither made nor taken over, and one's own are not given away.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_for_another_tenant() {
    let database = database().await;
    let store = database.store().await;
    let ours = furnish(&store).await.tenant.to_string();
    let theirs = furnish(&store).await.tenant.to_string();
    let session = database.session(APP).await;
    for (table, column) in owned(&database).await {
        let row = format!(
            "SELECT to_jsonb(it)::text FROM {table} AS it WHERE {column} = '{theirs}'
             ORDER BY to_jsonb(it) LIMIT 1"
        );
        let row = database.run(&row).await.remove(0).remove(0);
        let row = row.replace('\'', "''");
        act_for(&session, &ours).await;
        let insert = format!(
            "INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, '{row}')"
        );
        let refusal = session.refusal(&insert).await;
        assert!(refusal.contains("row-level security"), "{table}: {refusal}");
        session.rows("ROLLBACK").await.unwrap();

        act_for(&session, &ours).await;
        let give = format!("UPDATE {table} SET {column} = '{theirs}'");
        let refusal = session.refusal(&give).await;
        let held = ["row-level security", "permission denied"];
        assert!(
            held.iter().any(|it| refusal.contains(it)),
            "{table}: {refusal}"
        );
        session.rows("ROLLBACK").await.unwrap();
    }
    act_for(&session, &ours).await;
    for statement in [
        format!("UPDATE wallets SET chains = '[]' WHERE tenant_id = '{theirs}'"),
        format!("DELETE FROM policies WHERE tenant_id = '{theirs}'"),
    ] {
        session.rows(&statement).await.unwrap();
    }
    session.rows("COMMIT").await.unwrap();
    let untouched = format!(
        "SELECT (SELECT count(*) FROM wallets WHERE tenant_id = '{theirs}' AND chains <> '[]')
              + (SELECT count(*) FROM policies WHERE tenant_id = '{theirs}')"
    );
    assert_eq!(database.run(&untouched).await, [["2"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_changes_no_rule() {
    let database = database().await;
    let store = database.store().await;
    let ours = furnish(&store).await.tenant.to_string();
    let session = database.session(APP).await;
    for (statement, refusal) in [
        (
            "ALTER TABLE mcp_events DISABLE TRIGGER ALL",
            "must be owner",
        ),
        (
            "ALTER TABLE wallets DISABLE ROW LEVEL SECURITY",
            "must be owner",
        ),
        (
            "ALTER TABLE wallets NO FORCE ROW LEVEL SECURITY",
            "must be owner",
        ),
        ("ALTER TABLE wallets ADD COLUMN more TEXT", "must be owner"),
        ("DROP POLICY of_tenant ON wallets", "must be owner"),
        ("DROP TABLE dry_runs", "must be owner"),
        (
            "CREATE POLICY mine ON wallets USING (true)",
            "must be owner",
        ),
        ("CREATE TABLE beside (id INT)", "permission denied"),
        (
            "CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 1'",
            "permission denied",
        ),
        (
            "SET session_replication_role = replica",
            "permission denied",
        ),
        ("SET ROLE vaultpilot_owner", "permission denied"),
        ("ALTER ROLE vaultpilot_app BYPASSRLS", "must be superuser"),
        ("CREATE ROLE another", "permission denied"),
        (
            "UPDATE mcp_events SET outcome = 'denied'",
            "permission denied",
        ),
        ("DELETE FROM mcp_events", "permission denied"),
        ("TRUNCATE mcp_events", "permission denied"),
        ("UPDATE wallet_keys SET provider = 'x'", "permission denied"),
        ("TRUNCATE wallet_keys", "permission denied"),
        ("UPDATE tenant_keks SET root = 'x'", "permission denied"),
        ("TRUNCATE tenant_keks", "permission denied"),
        ("DELETE FROM key_tasks", "permission denied"),
        (
            "ALTER TABLE tenant_keks DISABLE TRIGGER ALL",
            "must be owner",
        ),
        ("UPDATE nonces SET nonce = 9", "permission denied"),
        ("DELETE FROM nonces", "permission denied"),
        ("DELETE FROM intents", "permission denied"),
        ("DELETE FROM wallets", "permission denied"),
        ("DELETE FROM reservations", "permission denied"),
        ("DELETE FROM tenants", "permission denied"),
        (
            "DELETE FROM __diesel_schema_migrations",
            "permission denied",
        ),
        ("COPY wallet_keys TO PROGRAM 'cat'", "must be superuser"),
    ] {
        act_for(&session, &ours).await;
        let said = session.refusal(statement).await;
        assert!(said.contains(refusal), "{statement}: {said}");
        session.rows("ROLLBACK").await.unwrap();
    }
    // Turning it off for oneself turns queries into errors.
    session.rows("SET row_security = off").await.unwrap();
    let said = session.refusal("SELECT * FROM wallet_keys").await;
    assert!(said.contains("row-level security"), "{said}");
}

/// What is written once stays, for the owner of the tables too, and so does the border.
#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_held_as_well() {
    let database = database().await;
    let store = database.store().await;
    let ours = furnish(&store).await.tenant.to_string();
    let session = database.session(OWNER).await;
    for table in [
        "wallets",
        "wallet_keys",
        "policies",
        "reservations",
        "api_keys",
    ] {
        let all = format!("SELECT count(*) FROM {table}");
        assert_eq!(session.count(&all).await, 0, "{table} without a tenant");
    }
    for (statement, refusal) in [
        ("UPDATE mcp_events SET outcome = 'denied'", "never changed"),
        ("DELETE FROM mcp_events WHERE seq = 3", "never deleted"),
        ("TRUNCATE mcp_events", "never deleted"),
        (
            "INSERT INTO mcp_events SELECT tenant_id, 5, 'evt_x', wallet_id, intent_id, outcome,
             draft, prev_hash, hash FROM mcp_events WHERE seq = 3",
            "behind the last one",
        ),
        (
            "UPDATE wallet_keys SET envelope = '\\x00'",
            "never overwritten",
        ),
        ("DELETE FROM wallet_keys", "never deleted"),
        ("TRUNCATE wallet_keys", "never deleted"),
        (
            "UPDATE tenant_keks SET wrapped = '\\x00'",
            "never overwritten",
        ),
        ("DELETE FROM tenant_keks", "never deleted"),
        ("TRUNCATE tenant_keks", "never deleted"),
        (
            "UPDATE tenants SET keys = '{\"provider\":\"vault\"}'",
            "never changes once there is one",
        ),
        (
            "UPDATE nonces SET intent_id = 'txn_x'",
            "never changes its owner",
        ),
        ("DELETE FROM nonces", "never given back"),
        ("TRUNCATE nonces", "never given back"),
    ] {
        act_for(&session, &ours).await;
        let said = session.refusal(statement).await;
        assert!(said.contains(refusal), "{statement}: {said}");
        session.rows("ROLLBACK").await.unwrap();
    }
}

/// The questions across tenants give what their callers need, and no more.
#[tokio::test(flavor = "multi_thread")]
async fn questions_across_tenants_are_narrow() {
    let database = database().await;
    let store = database.store().await;
    furnish(&store).await;
    furnish(&store).await;
    let session = database.session(APP).await;
    let columns = "SELECT proname, array_to_string(proargnames, ',') FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY proname";
    assert_eq!(
        session.rows(columns).await.unwrap(),
        [
            ["approvals_overdue", "now,tenant_id,id"],
            [
                "intents_in_states",
                "states,tenant_id,id,chain,address,state"
            ],
            ["key_tasks_open", "now,tenant_id,id"],
            ["tenants_all", "NULL"],
            ["tenants_by_name", "wanted"],
            ["tenants_by_namespace", "wanted"],
        ]
    );
    let final_ones = "SELECT count(*) FROM intents_in_states(ARRAY['final'])";
    assert_eq!(session.count(final_ones).await, 2);
    assert_eq!(session.count("SELECT count(*) FROM tenants_all()").await, 2);
    let running = "SELECT count(*) FROM key_tasks_open(0)";
    assert_eq!(session.count(running).await, 2);
    // Nobody else may ask.
    let grants = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
         AND has_function_privilege('pg_monitor', oid, 'EXECUTE')";
    assert_eq!(session.count(grants).await, 0);
}
