//! Keys stay, whatever SQL comes with the application's password.

use super::furnish::furnish;
use super::ground::{APP, Session, database};

/// What is said of one that a wallet or a task still needs.
const USED: &str = "a key-encryption key in use is never deleted";

/// `keys_are_never_overwritten`, below our queries.
#[tokio::test(flavor = "multi_thread")]
async fn no_sql_of_the_application_overwrites_or_loses_a_key() {
    let database = database().await;
    let store = database.store().await;
    let ours = furnish(&store).await;
    let theirs = furnish(&store).await.tenant.to_string();
    let session = database.session(APP).await;
    let of_wallets = "SELECT wallet_id, version, generation, kek, encode(envelope, 'hex')
                FROM wallet_keys ORDER BY 1, 2, 3";
    let of_tenants = "SELECT tenant_id, version, generation, encode(wrapped, 'hex')
                FROM tenant_keks ORDER BY 1, 2, 3";
    let before = (
        database.run(of_wallets).await,
        database.run(of_tenants).await,
    );
    let behind = "goes behind the last one";
    let newest = "the newest generation of a wallet key is never deleted";
    let wrapped = |version: u32, generation: u32, kek: &str| {
        format!(
            "INSERT INTO wallet_keys
                 (tenant_id, wallet_id, version, generation, provider, kek, envelope)
             VALUES ('{}', '{}', {version}, {generation}, 'local', {kek}, '\\x00')",
            ours.tenant, ours.id
        )
    };
    let replace = " ON CONFLICT (tenant_id, wallet_id, version, generation)
                    DO UPDATE SET envelope = excluded.envelope";
    let opening = |version: u32, generation: u32, seals: &str| {
        format!(
            "INSERT INTO tenant_keks
             SELECT tenant_id, {version}, {generation}, management, root, '\\x00', {seals}, imports,
                 mac, created_at
             FROM tenant_keks WHERE version = 1 AND generation = 2"
        )
    };
    let hide = format!("set_config('app.tenant_id', '{theirs}', true) IS NOT NULL");
    for (statement, refusal) in [
        ("DELETE FROM wallet_keys".to_owned(), newest),
        (
            "DELETE FROM wallet_keys WHERE generation = 2".to_owned(),
            newest,
        ),
        (format!("DELETE FROM wallet_keys WHERE {hide}"), newest),
        (wrapped(1, 2, "1") + replace, "permission denied"),
        (wrapped(1, 2, "1"), behind),
        (wrapped(1, 4, "1"), behind),
        (wrapped(1, 1, "1"), behind),
        (wrapped(0, 3, "1"), behind),
        (
            wrapped(1, 3, "9"),
            "names a key-encryption key that is there",
        ),
        ("DELETE FROM tenant_keks".to_owned(), USED),
        ("DELETE FROM tenant_keks WHERE version = 2".to_owned(), USED),
        (
            "DELETE FROM tenant_keks WHERE version = 1 AND generation = 2".to_owned(),
            USED,
        ),
        (format!("DELETE FROM tenant_keks WHERE {hide}"), USED),
        (opening(1, 2, "seals"), behind),
        (opening(1, 4, "seals"), behind),
        (opening(1, 1, "seals"), behind),
        (opening(1, 3, "sha256(seals)"), behind),
        (
            "UPDATE tenants SET keys = '{\"provider\":\"vault\"}'".to_owned(),
            "never changes once there is one",
        ),
    ] {
        act_for(&session, &ours.tenant.to_string()).await;
        let said = session.refusal(&statement).await;
        assert!(said.contains(refusal), "{statement}: {said}");
        session.rows("ROLLBACK").await.unwrap();
    }
    assert_eq!(database.run(of_wallets).await, before.0);
    assert_eq!(database.run(of_tenants).await, before.1);

    // What was replaced goes, and what an open task waits for stays until it ended.
    act_for(&session, &ours.tenant.to_string()).await;
    for statement in [
        "DELETE FROM wallet_keys WHERE generation = 1",
        "DELETE FROM tenant_keks WHERE version = 1 AND generation = 1",
        &opening(3, 1, "seals"),
        &wrapped(1, 3, "3"),
        "DELETE FROM tenant_keks WHERE version = 1",
    ] {
        session.rows(statement).await.unwrap();
    }
    session.rows("COMMIT").await.unwrap();
    act_for(&session, &ours.tenant.to_string()).await;
    let waited_for = "DELETE FROM tenant_keks WHERE version = 2";
    let said = session.refusal(waited_for).await;
    assert!(said.contains(USED), "{said}");
    session.rows("ROLLBACK").await.unwrap();
    act_for(&session, &ours.tenant.to_string()).await;
    let end =
        "UPDATE key_tasks SET state = 'expired', due_at = NULL, facts = '{\"state\":\"expired\"}'";
    session.rows(end).await.unwrap();
    session.rows(waited_for).await.unwrap();
    session.rows("COMMIT").await.unwrap();
    let left = format!(
        "SELECT version FROM tenant_keks WHERE tenant_id = '{}'",
        ours.tenant
    );
    assert_eq!(database.run(&left).await, [["3"]]);
}

async fn act_for(session: &Session, tenant: &str) {
    let sql = format!("BEGIN; SELECT set_config('app.tenant_id', '{tenant}', true)");
    session.rows(&sql).await.unwrap();
}
