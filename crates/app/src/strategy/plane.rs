//! What runtimes ask, in process.

use async_trait::async_trait;
use vaultpilot_core::{RunId, TenantId, Timestamp};
use vaultpilot_ports::strategy_plane::{LeasedTick, RunView};
use vaultpilot_ports::{Fault, StrategyPlane};

use crate::App;

#[async_trait]
impl StrategyPlane for App {
    async fn strategy_lease(
        &self,
        tenant: TenantId,
        holder: &str,
        limit: u32,
    ) -> Result<Vec<LeasedTick>, Fault> {
        self.strategy_ticks(tenant, holder, limit).await
    }

    async fn strategy_run(
        &self,
        tenant: TenantId,
        holder: &str,
        run: RunId,
        epoch: i64,
    ) -> Result<RunView, Fault> {
        self.run_carry_out(tenant, holder, run, epoch).await
    }

    async fn strategy_next(&self, tenant: TenantId) -> Result<Option<Timestamp>, Fault> {
        self.strategy_due_at(tenant).await
    }
}
