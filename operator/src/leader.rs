//! Of several replicas one works: the holder of a Lease. Losing it ends the process, because a
//! replica that only believes itself the leader would work beside the new one.

use kube::Client;
use kube_lease_manager::{LeaseCreateMode, LeaseManagerBuilder, LeaseManagerError};
use tokio::sync::watch::Receiver;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// In seconds: how long a lease holds, and how long before its end it is renewed.
const DURATION: u64 = 15;
const GRACE: u64 = 5;

#[derive(Debug, thiserror::Error)]
pub enum LeaderError {
    #[error("lease cannot be used")]
    Lease(#[from] LeaseManagerError),
    #[error("lease went to another replica")]
    Lost,
    #[error("task that keeps the lease ended")]
    Ended,
}

/// What is known of the lease, and the task that keeps it.
pub struct Leadership {
    held: Receiver<bool>,
    keeper: JoinHandle<Result<kube_lease_manager::LeaseManager, LeaseManagerError>>,
}

impl Leadership {
    /// Begins to ask for the lease.
    ///
    /// # Errors
    /// When the lease can be neither read nor made.
    pub async fn seek(
        client: Client,
        namespace: &str,
        lease: &str,
        identity: &str,
    ) -> Result<Self, LeaderError> {
        let manager = LeaseManagerBuilder::new(client, lease)
            .with_namespace(namespace)
            .with_identity(identity)
            .with_duration(DURATION)
            .with_grace(GRACE)
            .with_create_mode(LeaseCreateMode::AutoCreate)
            .build()
            .await?;
        let (held, keeper) = manager.watch().await;
        Ok(Self { held, keeper })
    }

    /// Until the lease is held, or `stop`.
    ///
    /// # Errors
    /// When nobody asks for it any more.
    pub async fn won(&mut self, stop: &CancellationToken) -> Result<bool, LeaderError> {
        tokio::select! {
            () = stop.cancelled() => Ok(false),
            held = self.held.wait_for(|held| *held) => {
                held.map(|held| *held).map_err(|_| LeaderError::Ended)
            }
        }
    }

    /// Until the lease is lost. It never ends well.
    pub async fn lost(&mut self) -> LeaderError {
        match self.held.wait_for(|held| !*held).await {
            Ok(_) => LeaderError::Lost,
            Err(_) => LeaderError::Ended,
        }
    }

    /// Gives the lease back, so that another replica need not wait for its end.
    pub async fn give_back(self) {
        drop(self.held);
        match self.keeper.await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "lease is not given back; it ends by itself"),
            Err(error) => tracing::warn!(%error, "lease is not given back; it ends by itself"),
        }
    }
}
