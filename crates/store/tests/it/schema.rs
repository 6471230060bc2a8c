//! Schema changes: all the way up, all the way down, and up again.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use vaultpilot_store::SqliteError;

use crate::ground::{cause, open, place};

#[derive(QueryableByName, PartialEq, Eq, Debug)]
struct Object {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

fn objects(conn: &mut SqliteConnection) -> Vec<Object> {
    diesel::sql_query(
        "SELECT name, sql FROM sqlite_schema
         WHERE sql IS NOT NULL AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' ORDER BY name",
    )
    .load(conn)
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_up_down_and_up() {
    let place = place().await;
    let version = place.store.version().await.unwrap();
    let full = objects(&mut place.intruder());
    assert!(full.iter().any(|it| it.name == "mcp_events"));
    assert!(full.iter().any(|it| it.name == "mcp_events_no_update"));

    assert_eq!(
        place.store.migrate().await.unwrap(),
        0,
        "nothing is left to do"
    );
    let count = place.store.revert().await.unwrap();
    assert!(count > 10);
    assert_eq!(objects(&mut place.intruder()), []);
    assert_eq!(place.store.version().await.unwrap(), None);

    assert_eq!(place.store.migrate().await.unwrap(), count);
    assert_eq!(objects(&mut place.intruder()), full);
    assert_eq!(place.store.version().await.unwrap(), version);
    place.settle().await;
    assert_eq!(place.store.check().await.unwrap(), Vec::<String>::new());
}

/// Every table is strict and, but for leases, says whose its rows are.
#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_strict_and_knows_its_tenant() {
    let place = place().await;
    let tables: Vec<_> = objects(&mut place.intruder())
        .into_iter()
        .filter(|it| it.sql.starts_with("CREATE TABLE"))
        .collect();
    assert_eq!(tables.len(), 17);
    for table in tables {
        assert!(table.sql.contains(") STRICT"), "{}", table.name);
        let owned = table.sql.contains("tenant_id TEXT NOT NULL");
        assert_eq!(
            owned,
            !matches!(&*table.name, "leases" | "tenants"),
            "{}",
            table.name
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_refused() {
    let place = place().await;
    place
        .intruder()
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")
        .unwrap();
    assert!(matches!(
        cause(place.store.migrate().await),
        SqliteError::Newer { .. }
    ));
    let folder = place.folder;
    drop(place.store);
    let error = cause(open(&folder).await);
    assert!(
        matches!(&error, SqliteError::Newer { version } if version == "9999"),
        "{error:?}"
    );
}
