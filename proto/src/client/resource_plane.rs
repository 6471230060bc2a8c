//! `ResourcePlane` over gRPC.

use std::sync::Arc;

use async_trait::async_trait;
use tonic::transport::Channel;
use vaultpilot_core::{Label, Managed, TenantName};
use vaultpilot_ports::resource_plane::{
    PolicyReport, PolicyWish, Release, StrategyWish, TenantReport, TenantWish, WalletReport,
    WalletWish,
};
use vaultpilot_ports::strategy_plane::StrategyView;
use vaultpilot_ports::{Fault, ResourcePlane};

use super::link::Manner;
use super::{Link, unreadable};
use crate::pb::resource_service_client::ResourceServiceClient;
use crate::{Wire, pb};

pub struct RemoteResourcePlane(Arc<Link>);

impl RemoteResourcePlane {
    pub const fn new(link: Arc<Link>) -> Self {
        Self(link)
    }
}

fn client(channel: Channel) -> ResourceServiceClient<Channel> {
    ResourceServiceClient::new(channel)
}

fn read<T>(message: impl Wire<T>) -> Result<T, Fault> {
    message.read().map_err(|error| unreadable(&error))
}

/// Every verb is idempotent, so each may be asked again when it fails on the way.
const MANNER: Manner = Manner::LONG_READ;

#[async_trait]
impl ResourcePlane for RemoteResourcePlane {
    async fn tenant_apply(&self, wish: &TenantWish) -> Result<TenantReport, Fault> {
        let message = pb::TenantApplyRequest::write(wish.clone());
        let answer = self
            .0
            .ask(MANNER, message, |channel, request| async move {
                client(channel).tenant_apply(request).await
            })
            .await?;
        read(answer)
    }

    async fn tenant_release(&self, name: &TenantName, by: &Managed) -> Result<Release, Fault> {
        let message = pb::TenantReleaseRequest {
            name: Wire::write(name.clone()),
            by: Some(Wire::write(by.clone())),
        };
        let answer = self
            .0
            .ask(MANNER, message, |channel, request| async move {
                client(channel).tenant_release(request).await
            })
            .await?;
        read(answer)
    }

    async fn wallet_apply(&self, wish: &WalletWish) -> Result<WalletReport, Fault> {
        let message = pb::WalletApplyRequest::write(wish.clone());
        let answer = self
            .0
            .ask(MANNER, message, |channel, request| async move {
                client(channel).wallet_apply(request).await
            })
            .await?;
        read(answer)
    }

    async fn wallet_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
        empty: bool,
    ) -> Result<Release, Fault> {
        let message = pb::WalletReleaseRequest {
            tenant: Wire::write(tenant.clone()),
            name: Wire::write(name.clone()),
            by: Some(Wire::write(by.clone())),
            empty,
        };
        let answer = self
            .0
            .ask(MANNER, message, |channel, request| async move {
                client(channel).wallet_release(request).await
            })
            .await?;
        read(answer)
    }

    async fn policy_apply(&self, wish: &PolicyWish) -> Result<PolicyReport, Fault> {
        let message = pb::PolicyApplyRequest::write(wish.clone());
        let answer = self
            .0
            .ask(MANNER, message, |channel, request| async move {
                client(channel).policy_apply(request).await
            })
            .await?;
        read(answer)
    }

    async fn policy_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
    ) -> Result<Release, Fault> {
        let message = pb::PolicyReleaseRequest {
            tenant: Wire::write(tenant.clone()),
            name: Wire::write(name.clone()),
            by: Some(Wire::write(by.clone())),
        };
        let answer = self
            .0
            .ask(MANNER, message, |channel, request| async move {
                client(channel).policy_release(request).await
            })
            .await?;
        read(answer)
    }

    async fn strategy_apply(&self, wish: &StrategyWish) -> Result<StrategyView, Fault> {
        let message = pb::StrategyApplyRequest::write(wish.clone());
        let answer = self
            .0
            .ask(MANNER, message, |channel, request| async move {
                client(channel).strategy_apply(request).await
            })
            .await?;
        read(answer)
    }

    async fn strategy_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
    ) -> Result<Release, Fault> {
        let message = pb::StrategyReleaseRequest {
            tenant: Wire::write(tenant.clone()),
            name: Wire::write(name.clone()),
            by: Some(Wire::write(by.clone())),
        };
        let answer = self
            .0
            .ask(MANNER, message, |channel, request| async move {
                client(channel).strategy_release(request).await
            })
            .await?;
        read(answer)
    }
}
