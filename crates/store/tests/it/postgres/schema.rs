//! Schema changes, roles and what `check` sees.

use vaultpilot_ports::store::Store as _;
use vaultpilot_store::{AppRole, PostgresError, PostgresOptions, PostgresStore};
use vaultpilot_testkit::fixture::tenant;
use vaultpilot_testkit::postgres::PASSWORD;

use super::furnish::furnish;
use super::ground::{APP, Database, OWNER, app, bare, cause, database};

async fn objects(database: &Database) -> Vec<Vec<String>> {
    database
        .run(
            "SELECT 'relation', relname, relkind::text FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_diesel%'
             UNION ALL SELECT 'function', proname, prosrc FROM pg_proc
             WHERE pronamespace = 'public'::regnamespace
             UNION ALL SELECT 'trigger', tgname, tgtype::text FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL SELECT 'policy', polname, polrelid::regclass::text FROM pg_policy
             UNION ALL SELECT 'check', conname, pg_get_constraintdef(oid) FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE '\\_\\_diesel%'
             ORDER BY 1, 2, 3",
        )
        .await
}

fn owner(database: &Database) -> PostgresOptions {
    PostgresOptions::new(database.url(OWNER))
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_up_down_and_up() {
    let database = bare().await;
    let count = database.migrate().await.unwrap();
    assert!(count > 20, "{count}");
    let store = database.store().await;
    let version = store.version().await.unwrap();
    assert_eq!(store.pending().await.unwrap(), 0);
    let full = objects(&database).await;
    for (kind, name) in [
        ("relation", "mcp_events"),
        ("trigger", "mcp_events_no_gap"),
        ("policy", "of_tenant"),
    ] {
        assert!(
            full.iter().any(|it| it[0] == kind && it[1] == name),
            "{name}"
        );
    }
    assert_eq!(
        database.migrate().await.unwrap(),
        0,
        "nothing is left to do"
    );

    let reverted = PostgresStore::revert(&owner(&database)).await.unwrap();
    assert_eq!(reverted, count);
    assert_eq!(objects(&database).await, Vec::<Vec<String>>::new());

    assert_eq!(database.migrate().await.unwrap(), count);
    assert_eq!(objects(&database).await, full);
    let store = database.store().await;
    assert_eq!(store.version().await.unwrap(), version);
    furnish(&store).await;
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

/// Several of a rollout's pods may try at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_who_migrate_at_once_do_it_once() {
    let database = bare().await;
    let (one, two, three) =
        tokio::join!(database.migrate(), database.migrate(), database.migrate());
    let mut counts = [one.unwrap(), two.unwrap(), three.unwrap()];
    counts.sort_unstable();
    assert_eq!(counts[..2], [0, 0]);
    assert!(counts[2] > 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_its_schema_says_what_is_missing() {
    let database = bare().await;
    let store = database.store().await;
    let missing = store.pending().await.unwrap();
    assert_eq!(store.version().await.unwrap(), None);
    assert!(missing > 20);
    let findings = store.check().await.unwrap();
    assert!(
        findings.contains(&format!("{missing} schema changes are missing")),
        "{findings:?}"
    );
    assert!(store.tenant_list().await.is_err());
    store.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_refused() {
    let database = database().await;
    database
        .run("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")
        .await;
    let migrated = cause(database.migrate().await);
    let connected = cause(PostgresStore::connect(&database.options()).await);
    for error in [migrated, connected] {
        assert!(
            matches!(&error, PostgresError::Newer { version } if version == "9999"),
            "{error:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_is_not_the_owner() {
    let database = bare().await;
    let as_owner = AppRole {
        name: OWNER.to_owned(),
        ..app()
    };
    let refused = PostgresStore::migrate(&owner(&database), &as_owner).await;
    assert!(matches!(cause(refused), PostgresError::RoleIsOwner { .. }));
    for name in ["", "Upper", "1st", "a\"; DROP ROLE x; --", &"x".repeat(64)] {
        let role = AppRole {
            name: name.to_owned(),
            ..app()
        };
        let refused = PostgresStore::migrate(&owner(&database), &role).await;
        assert!(
            matches!(cause(refused), PostgresError::RoleName { .. }),
            "{name}"
        );
    }
    assert_eq!(objects(&database).await, Vec::<Vec<String>>::new());
}

/// A role that is not there is made, with the password it was given and no power.
#[tokio::test(flavor = "multi_thread")]
async fn makes_the_role_that_is_missing() {
    let database = bare().await;
    let role = AppRole {
        name: "made_by_a_test".to_owned(),
        password: "it's \"quoted\" \\ and long".into(),
    };
    PostgresStore::migrate(&owner(&database), &role)
        .await
        .unwrap();
    let url = database.url(OWNER).replace(
        &format!("{OWNER}:{PASSWORD}"),
        "made_by_a_test:it%27s%20%22quoted%22%20%5C%20and%20long",
    );
    let store = PostgresStore::connect(&PostgresOptions::new(url))
        .await
        .unwrap();
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    assert!(store.tenant_create(&tenant().build()).await.unwrap());
    // A password that is there already is not replaced.
    let again = AppRole {
        password: "another".into(),
        ..role
    };
    PostgresStore::migrate(&owner(&database), &again)
        .await
        .unwrap();
    assert!(store.tenant_create(&tenant().build()).await.unwrap());
    let kept = database
        .run("SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'made_by_a_test'")
        .await;
    assert_eq!(kept, [["t"]]);
}

/// Everything that weakens the border is told of.
#[tokio::test(flavor = "multi_thread")]
async fn check_sees_what_was_loosened() {
    let database = database().await;
    let role = AppRole {
        name: "loosened_by_a_test".to_owned(),
        ..app()
    };
    PostgresStore::migrate(&owner(&database), &role)
        .await
        .unwrap();
    let options = PostgresOptions::new(database.url(&role.name));
    let store = PostgresStore::connect(&options).await.unwrap();
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    for (loosen, finding, mend) in [
        (
            "ALTER TABLE wallets NO FORCE ROW LEVEL SECURITY",
            "table wallets does not force row-level security",
            "ALTER TABLE wallets FORCE ROW LEVEL SECURITY",
        ),
        (
            "CREATE TABLE beside (tenant_id TEXT)",
            "table beside does not force row-level security",
            "DROP TABLE beside",
        ),
        (
            "CREATE POLICY beside ON wallet_keys USING (true)",
            "policy beside on table wallet_keys is not the tenant's",
            "DROP POLICY beside ON wallet_keys",
        ),
        (
            "ALTER POLICY of_tenant ON intents USING (tenant_id <> '')",
            "policy of_tenant on table intents is not the tenant's",
            "ALTER POLICY of_tenant ON intents
             USING (tenant_id = current_setting('app.tenant_id', true))",
        ),
        (
            "GRANT pg_read_all_data TO loosened_by_a_test",
            "role loosened_by_a_test may act as pg_read_all_data",
            "REVOKE pg_read_all_data FROM loosened_by_a_test",
        ),
        (
            "ALTER TABLE mcp_events DISABLE TRIGGER mcp_events_no_update",
            "trigger mcp_events_no_update is missing or disabled",
            "ALTER TABLE mcp_events ENABLE TRIGGER mcp_events_no_update",
        ),
        (
            "GRANT DELETE ON mcp_events TO loosened_by_a_test",
            "role loosened_by_a_test has DELETE on table mcp_events",
            "REVOKE DELETE ON mcp_events FROM loosened_by_a_test",
        ),
        (
            "REVOKE INSERT ON intents FROM loosened_by_a_test",
            "role loosened_by_a_test lacks INSERT on table intents",
            "GRANT INSERT ON intents TO loosened_by_a_test",
        ),
        (
            "ALTER ROLE loosened_by_a_test BYPASSRLS",
            "role loosened_by_a_test bypasses row-level security",
            "ALTER ROLE loosened_by_a_test NOBYPASSRLS",
        ),
        (
            "GRANT vaultpilot_owner TO loosened_by_a_test",
            "role loosened_by_a_test may act as vaultpilot_owner, who owns tables",
            "REVOKE vaultpilot_owner FROM loosened_by_a_test",
        ),
        (
            "GRANT CREATE ON SCHEMA public TO loosened_by_a_test",
            "role loosened_by_a_test may make tables",
            "REVOKE CREATE ON SCHEMA public FROM loosened_by_a_test",
        ),
    ] {
        database.run(loosen).await;
        let findings = store.check().await.unwrap();
        assert!(
            findings.iter().any(|it| it == finding),
            "{loosen}: {findings:?}"
        );
        database.run(mend).await;
        assert_eq!(store.check().await.unwrap(), Vec::<String>::new(), "{mend}");
    }
    assert_ne!(role.name, APP);
}
