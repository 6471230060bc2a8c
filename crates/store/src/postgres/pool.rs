//! Connections, and the exclusive use of one.

use std::sync::Arc;
use std::time::Duration;

use diesel_async::pooled_connection::deadpool::{Object, Pool as Deadpool, PoolError};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use vaultpilot_core::TenantId;
use vaultpilot_ports::store::StoreError;

use super::PostgresError;
use super::connection::Target;
use super::lane::{Lanes, Turn};
use super::options::PostgresOptions;

pub(super) struct Pool {
    connections: Deadpool<AsyncPgConnection>,
    lanes: Lanes,
    patience: Duration,
    /// Transactions that were dropped and are being rolled back.
    endings: TaskTracker,
}

/// How far a connection's conversation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between transactions.
    Idle,
    /// A call is under way, or was cancelled: nobody knows what was and what will be answered.
    Running,
    /// In a transaction, between calls.
    Open,
    /// In a transaction that can only be rolled back.
    Failed,
}

/// The exclusive use of one connection. Dropped at whatever point, the connection goes back between
/// transactions, or not at all.
pub(super) struct Slot {
    connection: Option<Object<AsyncPgConnection>>,
    /// After the connection, so that a tenant's next writer starts when this one has ended.
    turn: Option<Turn>,
    state: State,
    endings: TaskTracker,
}

impl Pool {
    pub(super) fn new(target: &Target, options: &PostgresOptions) -> Result<Self, PostgresError> {
        let target = Arc::new(target.clone());
        let mut config = ManagerConfig::default();
        // A broken connection is seen without asking it.
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |_| {
            let target = Arc::clone(&target);
            Box::pin(async move {
                target.establish().await.map_err(|error| {
                    // The one variant that carries an error as it is.
                    diesel::ConnectionError::CouldntSetupConfiguration(
                        diesel::result::Error::QueryBuilderError(Box::new(error)),
                    )
                })
            })
        });
        // The address with its password stays with the target.
        let manager = AsyncDieselConnectionManager::new_with_config(String::new(), config);
        let connections = Deadpool::builder(manager)
            .max_size(options.connections.max(2))
            .build()
            .map_err(|error| PostgresError::Pool(Box::new(error)))?;
        Ok(Self {
            connections,
            lanes: Lanes::default(),
            patience: options.patience,
            endings: TaskTracker::new(),
        })
    }

    /// A connection for reading.
    pub(super) async fn take(&self) -> Result<Slot, StoreError> {
        self.within_patience(self.slot(None)).await
    }

    /// A connection for writing, once the tenant's earlier writers in this process are through.
    pub(super) async fn take_turn(&self, tenant: TenantId) -> Result<Slot, StoreError> {
        self.within_patience(async {
            let turn = self.lanes.take(tenant).await;
            self.slot(Some(turn)).await
        })
        .await
    }

    async fn within_patience(
        &self,
        slot: impl Future<Output = Result<Slot, StoreError>>,
    ) -> Result<Slot, StoreError> {
        tokio::time::timeout(self.patience, slot)
            .await
            .map_err(|_| PostgresError::Waited(self.patience))?
    }

    async fn slot(&self, turn: Option<Turn>) -> Result<Slot, StoreError> {
        let connection = self.connections.get().await.map_err(unreachable)?;
        Ok(Slot {
            connection: Some(connection),
            turn,
            state: State::Idle,
            endings: self.endings.clone(),
        })
    }
}

/// Gives back what [`Target::establish`] said.
fn unreachable(error: PoolError) -> StoreError {
    use diesel::ConnectionError::CouldntSetupConfiguration;
    use diesel::result::Error::QueryBuilderError;
    use diesel_async::pooled_connection::PoolError::ConnectionError;
    match error {
        PoolError::Backend(ConnectionError(CouldntSetupConfiguration(QueryBuilderError(
            error,
        )))) => StoreError::Unavailable(error),
        other => PostgresError::Pool(Box::new(other)).into(),
    }
}

impl Slot {
    /// The connection between transactions, for one call.
    pub(super) fn idle(&mut self) -> Result<&mut AsyncPgConnection, PostgresError> {
        self.start(State::Idle)
    }

    /// The connection in its transaction, for one call.
    pub(super) fn open(&mut self) -> Result<&mut AsyncPgConnection, PostgresError> {
        self.start(State::Open)
    }

    fn start(&mut self, from: State) -> Result<&mut AsyncPgConnection, PostgresError> {
        if self.state != from {
            return Err(PostgresError::Interrupted);
        }
        self.state = State::Running;
        let connection = self.connection.as_mut().ok_or(PostgresError::Interrupted)?;
        Ok(connection)
    }

    /// The call was answered and the connection is in no transaction.
    pub(super) fn rest(&mut self) {
        self.state = State::Idle;
    }

    /// A transaction was begun.
    pub(super) fn begun(&mut self) {
        self.state = State::Open;
    }

    /// The call was answered within the transaction. After a failure the database takes nothing
    /// more in it.
    pub(super) fn stay<R>(&mut self, result: &Result<R, StoreError>) {
        self.state = match result {
            Err(StoreError::Unavailable(_)) => State::Failed,
            _ => State::Open,
        };
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        match (self.state, Handle::try_current()) {
            // Back to the pool.
            (State::Idle, _) => {}
            (State::Open | State::Failed, Ok(runtime)) => {
                let turn = self.turn.take();
                let ending = async move {
                    if let Err(error) = connection.batch_execute("ROLLBACK").await {
                        tracing::debug!(%error, "a transaction ended with its connection");
                        drop(Object::take(connection));
                    }
                    drop(turn);
                };
                self.endings.spawn_on(ending, &runtime);
            }
            // Closed: the database rolls back what was open on it.
            _ => drop(Object::take(connection)),
        }
    }
}
