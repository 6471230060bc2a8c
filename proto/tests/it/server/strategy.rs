//! `StrategyService`.

use vaultpilot_ports::StrategyPlane;
use vaultpilot_proto::fault::to_status;
use vaultpilot_proto::pb::strategy_service_server::StrategyService;
use vaultpilot_proto::tonic::{self, Request, Response, Status};
use vaultpilot_proto::{Wire, pb};

use super::{Service, done};

#[tonic::async_trait]
impl StrategyService for Service {
    async fn strategy_lease(
        &self,
        request: Request<pb::StrategyLeaseRequest>,
    ) -> Result<Response<pb::StrategyLeaseResponse>, Status> {
        self.0.enter("StrategyLease", &request)?;
        let asked = request.into_inner();
        let tenant = asked.tenant.read().unwrap();
        let plane = &self.0.planes;
        let ticks = plane
            .strategy_lease(tenant, &asked.holder, asked.limit)
            .await;
        let ticks = ticks.map_err(|fault| to_status(&fault))?;
        Ok(Response::new(pb::StrategyLeaseResponse {
            ticks: Wire::write(ticks),
        }))
    }

    async fn strategy_run(
        &self,
        request: Request<pb::StrategyRunRequest>,
    ) -> Result<Response<pb::StrategyRunView>, Status> {
        self.0.enter("StrategyRun", &request)?;
        let asked = request.into_inner();
        let (tenant, run) = (asked.tenant.read().unwrap(), asked.run.read().unwrap());
        let plane = &self.0.planes;
        done(
            plane
                .strategy_run(tenant, &asked.holder, run, asked.epoch)
                .await,
        )
    }

    async fn strategy_next(
        &self,
        request: Request<pb::StrategyNextRequest>,
    ) -> Result<Response<pb::StrategyNextResponse>, Status> {
        self.0.enter("StrategyNext", &request)?;
        let tenant = request.into_inner().tenant.read().unwrap();
        let next = self.0.planes.strategy_next(tenant).await;
        let next = next.map_err(|fault| to_status(&fault))?;
        Ok(Response::new(pb::StrategyNextResponse {
            at: Wire::write(next),
        }))
    }
}
