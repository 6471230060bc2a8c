//! The tables there are, as the database itself tells: one that nobody told us of is copied too.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::Deserialize;
use vaultpilot_ports::store::StoreError;

use super::super::PostgresError;
use super::super::error::reading;
use super::Wrapper;
use crate::snapshot::{MIGRATIONS, SnapshotReference};

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Table {
    pub(super) name: String,
    /// The columns of its key, quoted.
    key: Vec<String>,
    /// Whether its rows are tenants'; `tenants` itself names them in `id`.
    scoped: bool,
    pub(super) border: bool,
    pub(super) references: Vec<SnapshotReference>,
}

#[derive(QueryableByName)]
pub(super) struct Line {
    #[diesel(sql_type = Text)]
    pub(super) line: String,
}

const TABLES: &str = "
SELECT json_build_object(
    'name', it.relname,
    'border', it.relforcerowsecurity,
    'scoped', EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = it.oid AND attname = 'tenant_id' AND NOT attisdropped
    ),
    'key', coalesce((
        SELECT json_agg(quote_ident(attname) ORDER BY place)
        FROM pg_constraint, unnest(conkey) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute ON attrelid = it.oid AND attnum = number
        WHERE conrelid = it.oid AND contype = 'p'
    ), '[]'::json),
    'references', coalesce((
        SELECT json_agg(json_build_object(
            'columns', (
                SELECT json_agg(attname ORDER BY place)
                FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
                JOIN pg_attribute ON attrelid = conrelid AND attnum = number
            ),
            'table', (SELECT relname FROM pg_class WHERE oid = confrelid),
            'of', (
                SELECT json_agg(attname ORDER BY place)
                FROM unnest(confkey) WITH ORDINALITY AS key (number, place)
                JOIN pg_attribute ON attrelid = confrelid AND attnum = number
            )
        ) ORDER BY conname)
        FROM pg_constraint WHERE conrelid = it.oid AND contype = 'f'
    ), '[]'::json)
)::text AS line
FROM pg_class AS it
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
ORDER BY relname COLLATE \"C\"";

/// Parents before children: a table is loaded after those it points to.
pub(super) fn tables(conn: &mut Wrapper) -> Result<Vec<Table>, StoreError> {
    let lines: Vec<Line> = diesel::sql_query(TABLES).load(conn).map_err(reading)?;
    let mut left = Vec::new();
    for Line { line } in lines {
        let table: Table = serde_json::from_str(&line).map_err(unreadable)?;
        if table.name != MIGRATIONS {
            left.push(table);
        }
    }
    Ok(in_order(left))
}

fn in_order(mut left: Vec<Table>) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |table: &Table| {
            let awaited =
                |name: &String| *name != table.name && left.iter().any(|other| other.name == *name);
            table.references.iter().any(|it| awaited(&it.table))
        };
        // A circle is cut anywhere: its keys are checked at the end.
        let next = left.iter().position(|table| !waits(table));
        ordered.push(left.remove(next.unwrap_or_default()));
    }
    ordered
}

/// The ids of all tenants, which the tables' owner may read.
pub(super) fn tenants(conn: &mut Wrapper) -> Result<Vec<String>, StoreError> {
    let there: Vec<Line> = diesel::sql_query(
        "SELECT relname::text AS line FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relname = 'tenants'",
    )
    .load(conn)
    .map_err(reading)?;
    if there.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Line> = diesel::sql_query("SELECT id AS line FROM tenants ORDER BY id")
        .load(conn)
        .map_err(reading)?;
    Ok(ids.into_iter().map(|it| it.line).collect())
}

impl Table {
    /// As it stands in a statement.
    pub(super) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    /// The column that says whose a row is; a table without one is read as a whole.
    pub(super) fn owner(&self) -> Option<&'static str> {
        match (self.scoped, &*self.name) {
            (_, "tenants") => Some("id"),
            (true, _) => Some("tenant_id"),
            (false, _) => None,
        }
    }

    pub(super) fn order(&self) -> String {
        if self.key.is_empty() {
            // Every row as text: no order is better than one that differs.
            "it::text".to_owned()
        } else {
            self.key.join(", ")
        }
    }
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn unreadable(error: serde_json::Error) -> StoreError {
    PostgresError::Migration(Box::new(error)).into()
}
