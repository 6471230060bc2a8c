//! The only place that begins and commits.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use vaultpilot_ports::store::StoreError;

use super::error::{is_lost, reading, writing};
use crate::scope::Scope;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// Names the tenant for row-level security, for this transaction only.
///
/// A writer then waits for its tenant's lock, and each statement after that sees what all earlier
/// writers committed: one that fixed its view first would have fixed it before its turn came. A
/// reader fixes its view here and waits for nobody.
pub(super) async fn begin(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    access: Access,
) -> QueryResult<()> {
    // An id is letters, digits and an underscore; several statements are one journey.
    let tenant = scope.key();
    let statements = match access {
        Access::Write => format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
             SELECT set_config('app.tenant_id', '{tenant}', true);
             SELECT pg_advisory_xact_lock(hashtextextended('{tenant}', 0));"
        ),
        Access::Read => format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
             SELECT set_config('app.tenant_id', '{tenant}', true);"
        ),
    };
    conn.batch_execute(&statements).await
}

/// Whether the connection is still there after `error`, and then outside any transaction. A server
/// that ends a session answers with an error like any other before it hangs up.
pub(super) async fn outlived(conn: &mut AsyncPgConnection, error: &DieselError) -> bool {
    !is_lost(error) && conn.batch_execute("ROLLBACK").await.is_ok()
}

#[derive(QueryableByName)]
struct Transaction {
    #[diesel(sql_type = Nullable<Text>)]
    id: Option<String>,
}

/// The transaction's number, if it has written anything. Also refuses a transaction that failed:
/// the database would answer its COMMIT with a rollback and no error.
pub(super) async fn number(conn: &mut AsyncPgConnection) -> Result<Option<String>, StoreError> {
    let transaction: Transaction =
        diesel::sql_query("SELECT pg_current_xact_id_if_assigned()::text AS id")
            .get_result(conn)
            .await
            .map_err(reading)?;
    Ok(transaction.id)
}

/// What became of a transaction whose COMMIT was never answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Committed,
    RolledBack,
    /// The database has not noticed yet that the connection is gone.
    Undecided,
}

#[derive(QueryableByName)]
struct Status {
    #[diesel(sql_type = Nullable<Text>)]
    status: Option<String>,
}

pub(super) async fn fate(conn: &mut AsyncPgConnection, number: &str) -> Result<Fate, StoreError> {
    let status: Status = diesel::sql_query("SELECT pg_xact_status($1::text::xid8) AS status")
        .bind::<Text, _>(number)
        .get_result(conn)
        .await
        .map_err(reading)?;
    Ok(match status.status.as_deref() {
        Some("committed") => Fate::Committed,
        Some("in progress") => Fate::Undecided,
        _ => Fate::RolledBack,
    })
}

/// One statement that may find a key taken: the transaction goes on as if it had not been tried.
pub(super) async fn attempt<Q>(
    conn: &mut AsyncPgConnection,
    what: &'static str,
    statement: Q,
) -> Result<usize, StoreError>
where
    Q: diesel_async::methods::ExecuteDsl<AsyncPgConnection> + Send,
{
    conn.batch_execute("SAVEPOINT attempt")
        .await
        .map_err(reading)?;
    let result = RunQueryDsl::execute(statement, conn)
        .await
        .map_err(writing(what));
    let end = if result.is_ok() {
        "RELEASE attempt"
    } else {
        "ROLLBACK TO attempt; RELEASE attempt"
    };
    let ended = conn.batch_execute(end).await.map_err(reading);
    result.and_then(|count| ended.map(|()| count))
}

/// Says that somebody else was first, unless one row was written. Nothing was written then, and the
/// transaction goes on.
pub(super) fn one(written: usize, what: &'static str) -> Result<(), StoreError> {
    match written {
        1 => Ok(()),
        _ => Err(StoreError::Conflict { what }),
    }
}
