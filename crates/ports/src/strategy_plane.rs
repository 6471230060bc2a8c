//! What a tenant's runtime asks of the control plane to drive strategies.

mod view;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Label, RunId, StrategyId, TenantId, Timestamp};

use crate::Fault;

pub use view::{RunStatus, RunView, StrategyView};

/// Contract: the runtime says that it is time, and nothing else. Which ticks are due, what is paid
/// from which wallet to whom, whether a gate is open and whether policy allows it is read and
/// decided here. Asking twice, late or from two runtimes at once pays once: a tick has one run, a
/// run has one payment. The door has made sure that the caller is the runtime of this tenant.
#[async_trait]
pub trait StrategyPlane: Send + Sync {
    /// Turns ticks that are due into runs and leases them to `holder`, at most `limit`; takes over
    /// runs whose lease is over under a higher epoch. `holder` names the process, 1 to 128
    /// characters. Nothing due is an empty list.
    async fn strategy_lease(
        &self,
        tenant: TenantId,
        holder: &str,
        limit: u32,
    ) -> Result<Vec<LeasedTick>, Fault>;

    /// Carries a leased run out. A run that is on record already is answered as it stands; one that
    /// is leased to another holder or under another epoch is a `Conflict` with code `lease_lost`.
    async fn strategy_run(
        &self,
        tenant: TenantId,
        holder: &str,
        run: RunId,
        epoch: i64,
    ) -> Result<RunView, Fault>;

    /// When `strategy_lease` has something to give, as far as is known now; `None` while nothing is
    /// planned. A strategy that is applied meanwhile may be earlier.
    async fn strategy_next(&self, tenant: TenantId) -> Result<Option<Timestamp>, Fault>;
}

/// A run, and the right to carry it out until the lease is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeasedTick {
    pub strategy: StrategyId,
    pub name: Label,
    pub run: RunId,
    pub planned_at: Timestamp,
    pub epoch: i64,
    pub lease_until: Timestamp,
}
