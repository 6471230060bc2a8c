//! Filling an empty database, all of it in one transaction: killed anywhere, nothing has happened.

use std::io;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use vaultpilot_ports::store::StoreError;

use super::super::connection::Target;
use super::super::error::{reading, writing};
use super::super::{AppRole, PostgresError, PostgresOptions, PostgresStore, upkeep};
use super::catalog::{self, Table};
use super::{Wrapper, facts, mark, panicked};
use crate::migrations;
use crate::snapshot::{RestoreNote, Restored};

/// Rows in one statement.
const BATCH: usize = 250;
/// And their bytes, about.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// A database on its way to be what it was.
pub struct Restoring<'a> {
    conn: &'a mut Wrapper,
    tables: Vec<Table>,
}

impl PostgresStore {
    /// Makes an empty database what it was when `schema` was its newest change: calls `fill`, on a
    /// thread that may wait, with the tables as they were then; brings them to the newest schema;
    /// takes the right to sign from every wallet, and writes that down; gives the application's role
    /// its rights.
    ///
    /// # Errors
    /// [`PostgresError::NotEmpty`] when there is a tenant, [`PostgresError::Newer`] when a newer
    /// program made the schema; or what `fill` says. The database is as it was then.
    pub async fn restore<E>(
        owner: &PostgresOptions,
        app: &AppRole,
        schema: &str,
        note: RestoreNote,
        fill: impl FnOnce(&mut Restoring<'_>) -> Result<(), E> + Send + 'static,
    ) -> Result<Restored, E>
    where
        E: From<StoreError> + Send + 'static,
    {
        let target = Target::new(owner).map_err(StoreError::from)?;
        let name = app.identifier().map_err(StoreError::from)?;
        if target.user() == Some(name) {
            let name = name.to_owned();
            return Err(StoreError::from(PostgresError::RoleIsOwner { name }).into());
        }
        let conn = target.establish().await.map_err(StoreError::from)?;
        let conn = upkeep::alone(conn).await?;
        let schema = schema.to_owned();
        let restored = tokio::task::spawn_blocking(move || -> Result<_, E> {
            let mut conn = Wrapper::from(conn);
            conn.batch_execute("SET idle_in_transaction_session_timeout = 0")
                .map_err(reading)?;
            let restored = within_one(&mut conn, |conn| -> Result<_, E> {
                prepare(conn, &schema)?;
                let tables = catalog::tables(conn)?;
                lift(conn, &tables)?;
                let mut restoring = Restoring { conn, tables };
                fill(&mut restoring)?;
                let Restoring { conn, tables } = restoring;
                lower(conn, &tables)?;
                migrations::up(conn, migrations::POSTGRES)
                    .map_err(|error| StoreError::from(PostgresError::from(error)))?;
                Ok(mark::all(conn, &note)?)
            })?;
            Ok((conn.into_inner(), restored))
        });
        let (conn, restored) = restored.await.map_err(panicked)??;
        upkeep::grant(conn, app).await?;
        Ok(restored)
    }
}

/// The two kinds of errors of a transaction: the caller's, and diesel's own.
enum Broken<E> {
    Told(E),
    Query(diesel::result::Error),
}

impl<E> From<diesel::result::Error> for Broken<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "schema changes begin transactions of their own, which must be parts of this one"
)]
fn within_one<R, E: From<StoreError>>(
    conn: &mut Wrapper,
    task: impl FnOnce(&mut Wrapper) -> Result<R, E>,
) -> Result<R, E> {
    let done = conn.transaction(|conn| task(conn).map_err(Broken::Told));
    done.map_err(|broken| match broken {
        Broken::Told(error) => error,
        Broken::Query(error) => writing("referenced row")(error).into(),
    })
}

/// An empty database with the schema that the rows were written under.
fn prepare(conn: &mut Wrapper, schema: &str) -> Result<(), StoreError> {
    let ours =
        migrations::names::<diesel::pg::Pg>(&migrations::POSTGRES).map_err(PostgresError::from)?;
    migrations::known(Some(schema.to_owned()), &ours).map_err(PostgresError::from)?;
    let here = migrations::version(conn).map_err(PostgresError::from)?;
    for table in catalog::tables(conn)? {
        // The owner sees all tenants, and everything without a tenant: nothing else can be there.
        let is_seen = table.name == "tenants" || table.owner().is_none();
        if is_seen && facts::count(conn, &table, "", None)? > 0 {
            return Err(PostgresError::NotEmpty { table: table.name }.into());
        }
    }
    if here.as_deref() == Some(schema) {
        return Ok(());
    }
    migrations::down(conn, migrations::POSTGRES).map_err(PostgresError::from)?;
    migrations::up_to(conn, &migrations::POSTGRES, schema).map_err(PostgresError::from)?;
    Ok(())
}

/// Rows are written as they were: no trigger adds to them, and no border is in the way. The tables
/// are locked, and empty to everybody else, until the border stands again.
fn lift(conn: &mut Wrapper, tables: &[Table]) -> Result<(), StoreError> {
    alter(
        conn,
        tables,
        "DISABLE TRIGGER USER",
        "NO FORCE ROW LEVEL SECURITY",
    )?;
    conn.batch_execute("SET CONSTRAINTS ALL DEFERRED")
        .map_err(reading)
}

/// The border and the guards stand again, and every row's parent is there.
fn lower(conn: &mut Wrapper, tables: &[Table]) -> Result<(), StoreError> {
    conn.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")
        .map_err(writing("referenced row"))?;
    alter(
        conn,
        tables,
        "ENABLE TRIGGER USER",
        "FORCE ROW LEVEL SECURITY",
    )
}

fn alter(
    conn: &mut Wrapper,
    tables: &[Table],
    triggers: &str,
    border: &str,
) -> Result<(), StoreError> {
    for table in tables {
        let name = table.quoted();
        let border = if table.border {
            format!(", {border}")
        } else {
            String::new()
        };
        conn.batch_execute(&format!("ALTER TABLE {name} {triggers}{border}"))
            .map_err(reading)?;
    }
    Ok(())
}

impl Restoring<'_> {
    /// Writes the rows of a table, a line each; gives how many. How long a line may be is for whoever
    /// reads them.
    ///
    /// # Errors
    /// When there is no such table, a line does not read, or a row does not fit the table.
    pub fn load(
        &mut self,
        table: &str,
        lines: impl IntoIterator<Item = io::Result<String>>,
    ) -> Result<u64, StoreError> {
        let known = self.tables.iter().find(|it| it.name == table);
        let table = known.ok_or_else(|| PostgresError::NoTable {
            table: table.to_owned(),
        })?;
        let name = table.quoted();
        let (mut batch, mut rows, mut count) = (String::new(), 0usize, 0u64);
        for line in lines {
            let line = line.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
            batch.push(if rows == 0 { '[' } else { ',' });
            batch.push_str(&line);
            rows = rows.saturating_add(1);
            if rows == BATCH || batch.len() > BATCH_BYTES {
                count = count.saturating_add(insert(self.conn, &name, &batch)?);
                batch.clear();
                rows = 0;
            }
        }
        if rows > 0 {
            count = count.saturating_add(insert(self.conn, &name, &batch)?);
        }
        Ok(count)
    }
}

/// `rows` lacks the end of its list.
fn insert(conn: &mut Wrapper, table: &str, rows: &str) -> Result<u64, StoreError> {
    let query = format!(
        "INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, $1::json)"
    );
    let written = diesel::sql_query(query)
        .bind::<Text, _>(format!("{rows}]"))
        .execute(conn)
        .map_err(writing("row of a backup"))?;
    Ok(written as u64)
}
