//! What is in a database, asked of its own schema: a table nobody told us of is there too.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use diesel::sqlite::SqliteConnection;
use vaultpilot_ports::store::StoreError;

use super::super::SqliteError;
use super::super::error::reading;
use crate::migrations;
use crate::row::audit::head_of;
use crate::snapshot::{MIGRATIONS, Snapshot, SnapshotTable, SnapshotTenant};

const ROOTS: [(&str, &str); 2] = [
    (
        "wallet_keys",
        "SELECT DISTINCT provider AS name FROM wallet_keys",
    ),
    (
        "tenant_keks",
        "SELECT DISTINCT json_extract(management, '$.provider') || ' ' || root AS name
         FROM tenant_keks",
    ),
];

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Tenant {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    seq: Option<i64>,
    #[diesel(sql_type = Nullable<Binary>)]
    hash: Option<Vec<u8>>,
}

pub(super) fn of(conn: &mut SqliteConnection) -> Result<Snapshot, StoreError> {
    let schema = migrations::version(conn).map_err(SqliteError::from)?;
    let tables = tables(conn)?;
    let has = |name: &str| tables.iter().any(|table| table.name == name);
    let tenants = if has("tenants") && has("mcp_events") {
        tenants(conn)?
    } else {
        Vec::new()
    };
    let mut roots = Vec::new();
    for (table, query) in ROOTS {
        if has(table) {
            roots.extend(names(conn, query)?);
        }
    }
    roots.sort();
    roots.dedup();
    Ok(Snapshot {
        schema: schema.unwrap_or_default(),
        tables,
        tenants,
        roots,
    })
}

fn names(conn: &mut SqliteConnection, query: &str) -> Result<Vec<String>, StoreError> {
    let names: Vec<Name> = diesel::sql_query(query).load(conn).map_err(reading)?;
    Ok(names.into_iter().map(|it| it.name).collect())
}

fn tables(conn: &mut SqliteConnection) -> Result<Vec<SnapshotTable>, StoreError> {
    let all = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'
               ESCAPE '\\' ORDER BY name";
    let mut tables = Vec::new();
    for name in names(conn, all)? {
        if name == MIGRATIONS {
            continue;
        }
        // A name of the schema itself, as SQLite quotes names.
        let quoted = name.replace('"', "\"\"");
        let count: Count = diesel::sql_query(format!("SELECT count(*) AS count FROM \"{quoted}\""))
            .get_result(conn)
            .map_err(reading)?;
        tables.push(SnapshotTable {
            rows: u64::try_from(count.count).unwrap_or_default(),
            name,
            // The file carries its foreign keys itself.
            references: Vec::new(),
        });
    }
    Ok(tables)
}

fn tenants(conn: &mut SqliteConnection) -> Result<Vec<SnapshotTenant>, StoreError> {
    let query = "SELECT t.id, t.name, e.seq, e.hash FROM tenants AS t
                 LEFT JOIN mcp_events AS e ON e.tenant_id = t.id
                     AND e.seq = (SELECT max(seq) FROM mcp_events WHERE tenant_id = t.id)
                 ORDER BY t.id";
    let rows: Vec<Tenant> = diesel::sql_query(query).load(conn).map_err(reading)?;
    rows.into_iter()
        .map(|row| {
            Ok(SnapshotTenant {
                audit: head_of(row.seq.zip(row.hash))?,
                id: row.id,
                name: row.name,
            })
        })
        .collect()
}
