//! `StrategyService`: a tenant's runtime says that it is time.

use std::sync::Arc;

use vaultpilot_core::{RunId, TenantId};
use vaultpilot_ports::StrategyPlane;
use vaultpilot_proto::fault::{to_status, workload_refused};
use vaultpilot_proto::pb::{self, strategy_service_server::StrategyService};
use vaultpilot_proto::tonic::{Request, Response, Status, async_trait};
use vaultpilot_proto::{Wire, WireError};

use super::answer::{pod, unreadable};

pub(super) struct Strategies(pub(super) Arc<dyn StrategyPlane>);

/// The pod's own tenant, which the message must name.
fn tenant<M>(request: &Request<M>, named: &str) -> Result<TenantId, Status> {
    let pod = pod(request)?;
    if pod.tenancy.id.to_string() == named {
        return Ok(pod.tenancy.id);
    }
    tracing::warn!(
        tenant.id = %pod.tenancy.id,
        workload.namespace = pod.namespace,
        "a pod named a tenant that is not its own"
    );
    Err(workload_refused())
}

#[async_trait]
impl StrategyService for Strategies {
    async fn strategy_lease(
        &self,
        request: Request<pb::StrategyLeaseRequest>,
    ) -> Result<Response<pb::StrategyLeaseResponse>, Status> {
        let tenant = tenant(&request, &request.get_ref().tenant)?;
        let pb::StrategyLeaseRequest { holder, limit, .. } = request.into_inner();
        let ticks = self.0.strategy_lease(tenant, &holder, limit).await;
        let ticks = ticks.map_err(|fault| to_status(&fault))?;
        Ok(Response::new(pb::StrategyLeaseResponse {
            ticks: Wire::write(ticks),
        }))
    }

    async fn strategy_run(
        &self,
        request: Request<pb::StrategyRunRequest>,
    ) -> Result<Response<pb::StrategyRunView>, Status> {
        let tenant = tenant(&request, &request.get_ref().tenant)?;
        let pb::StrategyRunRequest {
            holder, run, epoch, ..
        } = request.into_inner();
        let run: Result<RunId, WireError> = run.read();
        let run = run.map_err(|error| unreadable(error.within("run")))?;
        let plane = Arc::clone(&self.0);
        super::runtime::to_the_end(
            async move { plane.strategy_run(tenant, &holder, run, epoch).await },
        )
        .await
    }

    async fn strategy_next(
        &self,
        request: Request<pb::StrategyNextRequest>,
    ) -> Result<Response<pb::StrategyNextResponse>, Status> {
        let tenant = tenant(&request, &request.get_ref().tenant)?;
        let at = self.0.strategy_next(tenant).await;
        let at = at.map_err(|fault| to_status(&fault))?;
        Ok(Response::new(pb::StrategyNextResponse {
            at: Wire::write(at),
        }))
    }
}
