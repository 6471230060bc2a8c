//! What an operator does with a database, as the role that owns the tables.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use vaultpilot_ports::store::StoreError;

use super::connection::Target;
use super::error::reading;
use super::{AppRole, PostgresError, PostgresOptions, PostgresStore, grant};
use crate::migrations::{self, Refusal};

type Wrapper = AsyncConnectionWrapper<AsyncPgConnection>;

/// One program at a time changes the schema. A schema change may take its time; waiting for
/// somebody's lock may not. The lock goes with the connection.
const ALONE: &str = "SET statement_timeout = 0; SELECT pg_advisory_lock(8391742650113);";

impl PostgresStore {
    /// Applies the schema changes that are missing, as the role of `owner`, and says how many that
    /// were. Makes the application's role when there is none of its name, and gives it its rights
    /// and no others.
    ///
    /// # Errors
    /// [`PostgresError::Newer`] when a newer program has been here; [`PostgresError::RoleIsOwner`]
    /// when the application is to sign in as the owner, whom nothing holds back.
    pub async fn migrate(owner: &PostgresOptions, app: &AppRole) -> Result<usize, StoreError> {
        let target = Target::new(owner)?;
        let name = app.identifier()?.to_owned();
        if target.user() == Some(&*name) {
            return Err(PostgresError::RoleIsOwner { name }.into());
        }
        let (conn, count) =
            change(&target, |conn| migrations::up(conn, migrations::POSTGRES)).await?;
        grant(conn, app).await?;
        Ok(count)
    }

    /// Takes every schema change back, and all rows with them.
    ///
    /// # Errors
    /// When a change cannot be taken back.
    pub async fn revert(owner: &PostgresOptions) -> Result<usize, StoreError> {
        let target = Target::new(owner)?;
        let (_, count) =
            change(&target, |conn| migrations::down(conn, migrations::POSTGRES)).await?;
        Ok(count)
    }
}

/// The connection once it holds the right to change the schema.
pub(super) async fn alone(mut conn: AsyncPgConnection) -> Result<AsyncPgConnection, StoreError> {
    conn.batch_execute(ALONE).await.map_err(reading)?;
    Ok(conn)
}

/// diesel's migrations are synchronous, so they run on a thread of their own.
async fn change(
    target: &Target,
    task: impl FnOnce(&mut Wrapper) -> Result<usize, Refusal> + Send + 'static,
) -> Result<(AsyncPgConnection, usize), StoreError> {
    let conn = alone(target.establish().await?).await?;
    let changed = tokio::task::spawn_blocking(move || {
        let mut conn = Wrapper::from(conn);
        let changed = task(&mut conn);
        changed.map(|count| (conn.into_inner(), count))
    });
    let changed = changed
        .await
        .map_err(|error| PostgresError::Migration(Box::new(error)))?;
    Ok(changed.map_err(PostgresError::from)?)
}

#[derive(QueryableByName)]
struct There {
    #[diesel(sql_type = Bool)]
    there: bool,
}

/// Makes the application's role where there is none, and gives it its rights and no others.
pub(super) async fn grant(mut conn: AsyncPgConnection, app: &AppRole) -> Result<(), StoreError> {
    let name = app.identifier()?;
    let role: There =
        diesel::sql_query("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS there")
            .bind::<Text, _>(name)
            .get_result(&mut conn)
            .await
            .map_err(reading)?;
    let make = if role.there {
        String::new()
    } else {
        app.statement()? + ";\n"
    };
    // One implicit transaction: all of it, or nothing.
    let statements = make + &grant::statements(name);
    conn.batch_execute(&statements).await.map_err(reading)
}
