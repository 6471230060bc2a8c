//! `StrategyPlane` over gRPC.

use std::sync::Arc;

use async_trait::async_trait;
use tonic::transport::Channel;
use vaultpilot_core::{RunId, TenantId, Timestamp};
use vaultpilot_ports::strategy_plane::{LeasedTick, RunView};
use vaultpilot_ports::{Fault, StrategyPlane};

use super::link::Manner;
use super::{Link, unreadable};
use crate::pb::strategy_service_client::StrategyServiceClient;
use crate::{Wire, pb};

pub struct RemoteStrategyPlane(Arc<Link>);

impl RemoteStrategyPlane {
    pub const fn new(link: Arc<Link>) -> Self {
        Self(link)
    }
}

fn client(channel: Channel) -> StrategyServiceClient<Channel> {
    StrategyServiceClient::new(channel)
}

// Every method may be repeated: a tick has one run, a run has one payment.
#[async_trait]
impl StrategyPlane for RemoteStrategyPlane {
    async fn strategy_lease(
        &self,
        tenant: TenantId,
        holder: &str,
        limit: u32,
    ) -> Result<Vec<LeasedTick>, Fault> {
        let message = pb::StrategyLeaseRequest {
            tenant: Wire::write(tenant),
            holder: holder.to_owned(),
            limit,
        };
        let answer = self
            .0
            .ask(Manner::READ, message, |channel, request| async move {
                client(channel).strategy_lease(request).await
            })
            .await?;
        answer.ticks.read().map_err(|error| unreadable(&error))
    }

    async fn strategy_run(
        &self,
        tenant: TenantId,
        holder: &str,
        run: RunId,
        epoch: i64,
    ) -> Result<RunView, Fault> {
        let message = pb::StrategyRunRequest {
            tenant: Wire::write(tenant),
            holder: holder.to_owned(),
            run: Wire::write(run),
            epoch,
        };
        let answer = self
            .0
            .ask(Manner::LONG_READ, message, |channel, request| async move {
                client(channel).strategy_run(request).await
            })
            .await?;
        answer.read().map_err(|error| unreadable(&error))
    }

    async fn strategy_next(&self, tenant: TenantId) -> Result<Option<Timestamp>, Fault> {
        let message = pb::StrategyNextRequest {
            tenant: Wire::write(tenant),
        };
        let answer = self
            .0
            .ask(Manner::READ, message, |channel, request| async move {
                client(channel).strategy_next(request).await
            })
            .await?;
        answer.at.read().map_err(|error| unreadable(&error))
    }
}
