//! A unit of work: a transaction on one connection, for one tenant.

mod read;
mod write;

use std::sync::Arc;
use std::time::Duration;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use vaultpilot_ports::store::StoreError;

use super::PostgresError;
use super::error::{reading, writing};
use super::pool::{Pool, Slot};
use super::transaction::{self, Access, Fate};
use crate::scope::Scope;

/// How often, and how long apart, the database is asked what became of a commit it never answered.
const INQUIRIES: u32 = 10;
const BETWEEN_INQUIRIES: Duration = Duration::from_millis(500);

/// Whoever drops it, at whatever point, the transaction ends before its connection is used again.
pub(super) struct Unit {
    pool: Arc<Pool>,
    slot: Slot,
    scope: Scope,
}

/// What came of an attempt to begin.
enum Begun {
    Unit(Box<Unit>),
    /// The connection was gone.
    Lost(diesel::result::Error),
}

/// One call within the unit's transaction.
macro_rules! call {
    ($unit:ident, $($function:ident)::+ ($($argument:expr),*)) => {{
        let (conn, scope) = $unit.start()?;
        let result = $($function)::+(conn, scope $(, $argument)*).await;
        $unit.slot.stay(&result);
        result
    }};
}
use call;

impl Unit {
    pub(super) async fn begin(
        pool: &Arc<Pool>,
        scope: Scope,
        access: Access,
    ) -> Result<Box<Self>, StoreError> {
        // A pooled connection may have broken unnoticed; nothing has happened on it then.
        match Self::attempt(pool, &scope, access).await? {
            Begun::Unit(unit) => Ok(unit),
            Begun::Lost(_) => match Self::attempt(pool, &scope, access).await? {
                Begun::Unit(unit) => Ok(unit),
                Begun::Lost(error) => Err(reading(error)),
            },
        }
    }

    async fn attempt(pool: &Arc<Pool>, scope: &Scope, access: Access) -> Result<Begun, StoreError> {
        let mut slot = match access {
            Access::Read => pool.take().await?,
            Access::Write => pool.take_turn(scope.tenant()).await?,
        };
        let conn = slot.idle()?;
        if let Err(error) = transaction::begin(conn, scope, access).await {
            if transaction::outlived(conn, &error).await {
                slot.rest();
                return Err(reading(error));
            }
            return Ok(Begun::Lost(error));
        }
        slot.begun();
        Ok(Begun::Unit(Box::new(Self {
            pool: Arc::clone(pool),
            slot,
            scope: scope.clone(),
        })))
    }

    /// Fails after a call that was cancelled or that the database refused.
    pub(super) fn start(&mut self) -> Result<(&mut AsyncPgConnection, &Scope), PostgresError> {
        Ok((self.slot.open()?, &self.scope))
    }

    /// After a call that was not made by `call!`.
    pub(super) fn answered<R>(&mut self, result: &Result<R, StoreError>) {
        self.slot.stay(result);
    }

    /// Commits, or leaves nothing behind.
    pub(super) async fn end(mut self) -> Result<(), StoreError> {
        let number = transaction::number(self.slot.open()?).await;
        self.slot.stay(&number);
        let number = number?;
        let conn = self.slot.open()?;
        let Err(error) = conn.batch_execute("COMMIT").await else {
            self.slot.rest();
            return Ok(());
        };
        if transaction::outlived(conn, &error).await {
            self.slot.rest();
            return Err(writing("referenced row")(error));
        }
        let Self { pool, slot, .. } = self;
        drop(slot);
        match number {
            Some(number) => settle(&pool, &number, error).await,
            // It wrote nothing.
            None => Ok(()),
        }
    }
}

/// Whether a transaction was committed whose connection broke while it was: a payment that was
/// recorded must not be told of as one that was not.
async fn settle(
    pool: &Pool,
    number: &str,
    broken: diesel::result::Error,
) -> Result<(), StoreError> {
    for _ in 0..INQUIRIES {
        match inquire(pool, number).await {
            Ok(Fate::Committed) => return Ok(()),
            Ok(Fate::RolledBack) => return Err(PostgresError::Query(broken).into()),
            Ok(Fate::Undecided) => {}
            Err(error) => tracing::debug!(%error, "the database cannot be asked about a commit"),
        }
        tokio::time::sleep(BETWEEN_INQUIRIES).await;
    }
    Err(PostgresError::CommitUnknown(broken).into())
}

async fn inquire(pool: &Pool, number: &str) -> Result<Fate, StoreError> {
    let mut slot = pool.take().await?;
    let fate = transaction::fate(slot.idle()?, number).await;
    if fate.is_ok() {
        slot.rest();
    }
    fate
}
