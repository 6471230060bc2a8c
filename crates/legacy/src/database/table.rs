//! The tables that are carried over, and the one that is only counted.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _, Params, Row};

use super::DatabaseError;
use super::cell::Cells;
use crate::amount::{ETHER, GWEI};
use crate::store::named;
use crate::strategy::Raw;
use crate::{Found, MAX_RECORDS, Problem, Strategy, Wallet};

/// Who owns something in it. One, whatever its name, in a database from before there were tenants.
pub(super) fn tenants(connection: &Connection) -> Result<Vec<String>, DatabaseError> {
    let mut tenants = BTreeSet::new();
    for table in ["wallets", "strategies"] {
        if !has_tenants(connection, table)? {
            continue;
        }
        let sql = format!("SELECT DISTINCT tenant_id FROM {table} LIMIT 1000");
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Ok(tenant) = Cells(row).text("tenant_id") {
                tenants.insert(tenant.to_owned());
            }
        }
    }
    Ok(tenants.into_iter().collect())
}

pub(super) fn wallets(
    connection: &Connection,
    tenant: Option<&str>,
) -> Result<Vec<Found<Wallet>>, DatabaseError> {
    records(connection, "wallets", "agent_id", tenant, |cells, name| {
        Wallet::new(
            name,
            cells.text("address")?,
            cells.integer("chain_id")?,
            cells.optional_integer("last_nonce")?,
            cells.bytes("encrypted_privkey")?.trim_ascii().to_vec(),
        )
    })
}

pub(super) fn strategies(
    connection: &Connection,
    tenant: Option<&str>,
) -> Result<Vec<Found<Strategy>>, DatabaseError> {
    records(connection, "strategies", "label", tenant, |cells, name| {
        if cells.text("strategy_type")? != "dca" {
            return Err(Problem::Kind);
        }
        Raw {
            label: name,
            agent_id: cells.text("agent_id")?,
            to_address: cells.text("to_address")?,
            amount_eth: cells.amount("amount_eth", ETHER)?,
            interval_seconds: cells.integer("interval_seconds")?,
            enabled: cells.yes("enabled")?,
            max_base_fee_gwei: cells.optional_amount("max_base_fee_gwei", GWEI)?,
            daily_cap_eth: cells.optional_amount("daily_cap_eth", ETHER)?,
            next_run_at: cells.optional_text("next_run_at")?,
            last_run_at: cells.optional_text("last_run_at")?,
            last_tx_hash: cells.optional_text("last_tx_hash")?,
            spent_day: cells.optional_text("spent_day")?,
            spent_today_eth: cells.optional_amount("spent_today_eth", ETHER)?,
        }
        .read()
    })
}

/// Counts events and reads none.
pub(super) fn events(connection: &Connection, tenant: Option<&str>) -> Result<u64, DatabaseError> {
    if !exists(connection, "mcp_events")? {
        return Ok(0);
    }
    let count: i64 = match tenant.filter(|_| has_tenants(connection, "mcp_events") == Ok(true)) {
        None => connection.query_row("SELECT count(*) FROM mcp_events", [], |row| row.get(0))?,
        Some(tenant) => connection.query_row(
            "SELECT count(*) FROM mcp_events WHERE tenant_id = ?1",
            [tenant],
            |row| row.get(0),
        )?,
    };
    Ok(u64::try_from(count).unwrap_or_default())
}

fn records<T>(
    connection: &Connection,
    table: &'static str,
    key: &'static str,
    tenant: Option<&str>,
    read: impl Fn(&Cells<'_>, &str) -> Result<T, Problem>,
) -> Result<Vec<Found<T>>, DatabaseError> {
    if !exists(connection, table)? {
        return Err(DatabaseError::NoTable { table });
    }
    let limit = MAX_RECORDS.saturating_add(1);
    let found = match tenant.filter(|_| has_tenants(connection, table) == Ok(true)) {
        None => {
            let sql = format!("SELECT * FROM {table} ORDER BY {key} LIMIT {limit}");
            rows(connection, &sql, [], key, read)?
        }
        Some(tenant) => {
            let sql =
                format!("SELECT * FROM {table} WHERE tenant_id = ?1 ORDER BY {key} LIMIT {limit}");
            rows(connection, &sql, [tenant], key, read)?
        }
    };
    if found.len() > MAX_RECORDS {
        return Err(DatabaseError::TooMany { table });
    }
    Ok(unique(found))
}

fn rows<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    key: &'static str,
    read: impl Fn(&Cells<'_>, &str) -> Result<T, Problem>,
) -> Result<Vec<Found<T>>, DatabaseError> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record(row, key, &read));
    }
    Ok(found)
}

fn record<T>(
    row: &Row<'_>,
    key: &'static str,
    read: impl Fn(&Cells<'_>, &str) -> Result<T, Problem>,
) -> Found<T> {
    let cells = Cells(row);
    let name = cells.text(key).unwrap_or_default();
    Found {
        name: name.to_owned(),
        record: named(name).and_then(|()| read(&cells, name)),
    }
}

/// The schema forbids two of one name, but a file may say it was made by any schema.
fn unique<T>(mut found: Vec<Found<T>>) -> Vec<Found<T>> {
    let mut seen = std::collections::HashMap::new();
    for record in &found {
        let count = seen.entry(record.name.clone()).or_insert(0_usize);
        *count = count.saturating_add(1);
    }
    for record in &mut found {
        if seen.get(&record.name) != Some(&1) {
            record.record = Err(Problem::Duplicate);
        }
    }
    found
}

/// Whether there is such a table: a view could compute anything.
fn exists(connection: &Connection, table: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1 \
               AND sql LIKE 'CREATE TABLE%'";
    let found: Option<i64> = connection
        .query_row(sql, [table], |row| row.get(0))
        .optional()?;
    Ok(found.is_some())
}

fn has_tenants(connection: &Connection, table: &'static str) -> rusqlite::Result<bool> {
    if !exists(connection, table)? {
        return Ok(false);
    }
    let sql = "SELECT 1 FROM pragma_table_info(?1) WHERE name = 'tenant_id'";
    let found: Option<i64> = connection
        .query_row(sql, [table], |row| row.get(0))
        .optional()?;
    Ok(found.is_some())
}
