//! What is in a database at one instant.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use vaultpilot_ports::store::StoreError;

use super::super::error::reading;
use super::Wrapper;
use super::catalog::{Line, Table};
use crate::row::audit::head_of;
use crate::snapshot::{Snapshot, SnapshotTable, SnapshotTenant};

const ROOTS: [(&str, &str); 2] = [
    (
        "wallet_keys",
        "SELECT DISTINCT provider AS line FROM wallet_keys WHERE tenant_id = $1",
    ),
    (
        "tenant_keks",
        "SELECT DISTINCT (management::json ->> 'provider') || ' ' || root AS line
         FROM tenant_keks WHERE tenant_id = $1",
    ),
];

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

pub(super) fn of(
    conn: &mut Wrapper,
    tables: &[Table],
    tenants: &[String],
) -> Result<Snapshot, StoreError> {
    let schema = schema(conn)?;
    let mut counts = vec![0u64; tables.len()];
    let (mut marks, mut roots) = (Vec::new(), Vec::new());
    for tenant in tenants {
        within(conn, tenant)?;
        marks.push(mark(conn, tenant)?);
        for (count, table) in counts.iter_mut().zip(tables) {
            if let Some(column) = table.owner() {
                let filter = format!("WHERE {column} = $1");
                *count = count.saturating_add(self::count(conn, table, &filter, Some(tenant))?);
            }
        }
        for (name, query) in ROOTS {
            if tables.iter().any(|table| table.name == name) {
                let found: Vec<Line> = diesel::sql_query(query)
                    .bind::<Text, _>(tenant)
                    .load(conn)
                    .map_err(reading)?;
                roots.extend(found.into_iter().map(|it| it.line));
            }
        }
    }
    roots.sort();
    roots.dedup();
    let mut described = Vec::new();
    for (scoped, table) in counts.into_iter().zip(tables) {
        let rows = match table.owner() {
            Some(_) => scoped,
            None => count(conn, table, "", None)?,
        };
        described.push(SnapshotTable {
            name: table.name.clone(),
            rows,
            references: table.references.clone(),
        });
    }
    Ok(Snapshot {
        schema,
        tables: described,
        tenants: marks,
        roots,
    })
}

/// The newest schema change. diesel's own question would make its table first, and this transaction
/// writes nothing.
fn schema(conn: &mut Wrapper) -> Result<String, StoreError> {
    let newest: Line = diesel::sql_query(
        "SELECT coalesce(max(version), '')::text AS line FROM __diesel_schema_migrations",
    )
    .get_result(conn)
    .map_err(reading)?;
    Ok(newest.line)
}

/// Names the tenant whose rows are there, until the transaction ends or another is named.
pub(super) fn within(conn: &mut Wrapper, tenant: &str) -> Result<(), StoreError> {
    diesel::sql_query("SELECT set_config('app.tenant_id', $1, true)")
        .bind::<Text, _>(tenant)
        .execute(conn)
        .map_err(reading)?;
    Ok(())
}

pub(super) fn count(
    conn: &mut Wrapper,
    table: &Table,
    filter: &str,
    tenant: Option<&str>,
) -> Result<u64, StoreError> {
    let name = table.quoted();
    let query = diesel::sql_query(format!("SELECT count(*) AS count FROM {name} {filter}"));
    let count: Count = match tenant {
        Some(tenant) => query.bind::<Text, _>(tenant).get_result(conn),
        None => query.get_result(conn),
    }
    .map_err(reading)?;
    Ok(u64::try_from(count.count).unwrap_or_default())
}

fn mark(conn: &mut Wrapper, tenant: &str) -> Result<SnapshotTenant, StoreError> {
    let row: Tenant = diesel::sql_query(
        "SELECT t.id, t.name, e.seq, e.hash FROM tenants AS t
         LEFT JOIN LATERAL (
             SELECT seq, hash FROM mcp_events WHERE tenant_id = t.id ORDER BY seq DESC LIMIT 1
         ) AS e ON true
         WHERE t.id = $1",
    )
    .bind::<Text, _>(tenant)
    .get_result(conn)
    .map_err(reading)?;
    Ok(SnapshotTenant {
        audit: head_of(row.seq.zip(row.hash))?,
        id: row.id,
        name: row.name,
    })
}
