//! `ResourceService`.

use vaultpilot_ports::ResourcePlane;
use vaultpilot_proto::pb::resource_service_server::ResourceService;
use vaultpilot_proto::tonic::{self, Request, Response, Status};
use vaultpilot_proto::{Wire, pb, required};

use super::{Service, done};

#[tonic::async_trait]
impl ResourceService for Service {
    async fn tenant_apply(
        &self,
        request: Request<pb::TenantApplyRequest>,
    ) -> Result<Response<pb::TenantReport>, Status> {
        self.0.enter("TenantApply", &request)?;
        let wish = request.into_inner().read().unwrap();
        done(self.0.planes.tenant_apply(&wish).await)
    }

    async fn tenant_release(
        &self,
        request: Request<pb::TenantReleaseRequest>,
    ) -> Result<Response<pb::Release>, Status> {
        self.0.enter("TenantRelease", &request)?;
        let asked = request.into_inner();
        let (name, by) = (asked.name.read().unwrap(), required(asked.by).unwrap());
        done(self.0.planes.tenant_release(&name, &by).await)
    }

    async fn wallet_apply(
        &self,
        request: Request<pb::WalletApplyRequest>,
    ) -> Result<Response<pb::WalletReport>, Status> {
        self.0.enter("WalletApply", &request)?;
        let wish = request.into_inner().read().unwrap();
        done(self.0.planes.wallet_apply(&wish).await)
    }

    async fn wallet_release(
        &self,
        request: Request<pb::WalletReleaseRequest>,
    ) -> Result<Response<pb::Release>, Status> {
        self.0.enter("WalletRelease", &request)?;
        let asked = request.into_inner();
        let (name, by) = (asked.name.read().unwrap(), required(asked.by).unwrap());
        let tenant = asked.tenant.read().unwrap();
        let plane = &self.0.planes;
        done(plane.wallet_release(&tenant, &name, &by, asked.empty).await)
    }

    async fn policy_apply(
        &self,
        request: Request<pb::PolicyApplyRequest>,
    ) -> Result<Response<pb::PolicyReport>, Status> {
        self.0.enter("PolicyApply", &request)?;
        let wish = request.into_inner().read().unwrap();
        done(self.0.planes.policy_apply(&wish).await)
    }

    async fn policy_release(
        &self,
        request: Request<pb::PolicyReleaseRequest>,
    ) -> Result<Response<pb::Release>, Status> {
        self.0.enter("PolicyRelease", &request)?;
        let asked = request.into_inner();
        let (name, by) = (asked.name.read().unwrap(), required(asked.by).unwrap());
        let tenant = asked.tenant.read().unwrap();
        done(self.0.planes.policy_release(&tenant, &name, &by).await)
    }

    async fn strategy_apply(
        &self,
        request: Request<pb::StrategyApplyRequest>,
    ) -> Result<Response<pb::Strategy>, Status> {
        self.0.enter("StrategyApply", &request)?;
        let wish = request.into_inner().read().unwrap();
        done(self.0.planes.strategy_apply(&wish).await)
    }

    async fn strategy_release(
        &self,
        request: Request<pb::StrategyReleaseRequest>,
    ) -> Result<Response<pb::Release>, Status> {
        self.0.enter("StrategyRelease", &request)?;
        let asked = request.into_inner();
        let (name, by) = (asked.name.read().unwrap(), required(asked.by).unwrap());
        let tenant = asked.tenant.read().unwrap();
        done(self.0.planes.strategy_release(&tenant, &name, &by).await)
    }
}
