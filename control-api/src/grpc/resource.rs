//! `ResourceService`: the operator makes custom resources true.

use std::sync::Arc;

use vaultpilot_core::{Label, Managed, TenantName};
use vaultpilot_ports::resource_plane::{PolicyWish, StrategyWish, TenantWish, WalletWish};
use vaultpilot_ports::{Fault, ResourcePlane};
use vaultpilot_proto::pb::{self, resource_service_server::ResourceService};
use vaultpilot_proto::tonic::{Request, Response, Status, async_trait};
use vaultpilot_proto::{Wire, WireError, required};

use super::answer::{operator, tenant_name, unreadable};
use super::runtime::to_the_end;

pub(super) struct Resources(pub(super) Arc<dyn ResourcePlane>);

impl Resources {
    /// Carries out what is wished, to the end.
    async fn wish<W, M, T, P, F>(
        &self,
        request: Request<M>,
        grant: impl FnOnce(Arc<dyn ResourcePlane>, W) -> F,
    ) -> Result<Response<P>, Status>
    where
        M: Wire<W>,
        P: Wire<T>,
        T: Send + 'static,
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        operator(&request)?;
        let wish = request.into_inner().read().map_err(unreadable)?;
        to_the_end(grant(Arc::clone(&self.0), wish)).await
    }
}

/// What is let go, and by whom.
fn named(name: &str, by: Option<pb::Managed>) -> Result<(Label, Managed), Status> {
    let parsed = name.parse();
    let name = parsed.map_err(|error| unreadable(WireError::new(error).within("name")))?;
    let by = required(by).map_err(|error| unreadable(error.within("by")))?;
    Ok((name, by))
}

#[async_trait]
impl ResourceService for Resources {
    async fn tenant_apply(
        &self,
        request: Request<pb::TenantApplyRequest>,
    ) -> Result<Response<pb::TenantReport>, Status> {
        self.wish(request, |plane, wish: TenantWish| async move {
            plane.tenant_apply(&wish).await
        })
        .await
    }

    async fn tenant_release(
        &self,
        request: Request<pb::TenantReleaseRequest>,
    ) -> Result<Response<pb::Release>, Status> {
        operator(&request)?;
        let pb::TenantReleaseRequest { name, by } = request.into_inner();
        let (name, by): (TenantName, Managed) = named(&name, by)?;
        let plane = Arc::clone(&self.0);
        to_the_end(async move { plane.tenant_release(&name, &by).await }).await
    }

    async fn wallet_apply(
        &self,
        request: Request<pb::WalletApplyRequest>,
    ) -> Result<Response<pb::WalletReport>, Status> {
        self.wish(request, |plane, wish: WalletWish| async move {
            plane.wallet_apply(&wish).await
        })
        .await
    }

    async fn wallet_release(
        &self,
        request: Request<pb::WalletReleaseRequest>,
    ) -> Result<Response<pb::Release>, Status> {
        operator(&request)?;
        let pb::WalletReleaseRequest {
            tenant,
            name,
            by,
            empty,
        } = request.into_inner();
        let (tenant, (name, by)) = (tenant_name(&tenant)?, named(&name, by)?);
        let plane = Arc::clone(&self.0);
        to_the_end(async move { plane.wallet_release(&tenant, &name, &by, empty).await }).await
    }

    async fn policy_apply(
        &self,
        request: Request<pb::PolicyApplyRequest>,
    ) -> Result<Response<pb::PolicyReport>, Status> {
        self.wish(request, |plane, wish: PolicyWish| async move {
            plane.policy_apply(&wish).await
        })
        .await
    }

    async fn policy_release(
        &self,
        request: Request<pb::PolicyReleaseRequest>,
    ) -> Result<Response<pb::Release>, Status> {
        operator(&request)?;
        let pb::PolicyReleaseRequest { tenant, name, by } = request.into_inner();
        let (tenant, (name, by)) = (tenant_name(&tenant)?, named(&name, by)?);
        let plane = Arc::clone(&self.0);
        to_the_end(async move { plane.policy_release(&tenant, &name, &by).await }).await
    }

    async fn strategy_apply(
        &self,
        request: Request<pb::StrategyApplyRequest>,
    ) -> Result<Response<pb::Strategy>, Status> {
        self.wish(request, |plane, wish: StrategyWish| async move {
            plane.strategy_apply(&wish).await
        })
        .await
    }

    async fn strategy_release(
        &self,
        request: Request<pb::StrategyReleaseRequest>,
    ) -> Result<Response<pb::Release>, Status> {
        operator(&request)?;
        let pb::StrategyReleaseRequest { tenant, name, by } = request.into_inner();
        let (tenant, (name, by)) = (tenant_name(&tenant)?, named(&name, by)?);
        let plane = Arc::clone(&self.0);
        to_the_end(async move { plane.strategy_release(&tenant, &name, &by).await }).await
    }
}
