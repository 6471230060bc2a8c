//! `RuntimeService`: each method finds out who calls, and delegates to the hinge.

mod authenticate;
mod record_reads;
mod watch;

use std::pin::Pin;
use std::sync::Arc;

use futures::Stream;
use tokio_util::sync::CancellationToken;
use vaultpilot_app::App;
use vaultpilot_core::{Caller, Clock};
use vaultpilot_ports::{ControlPlane as _, Fault};
use vaultpilot_proto::Ask;
use vaultpilot_proto::pb::{self, runtime_service_server::RuntimeService};
use vaultpilot_proto::tonic::{Request, Response, Status, async_trait};
use vaultpilot_proto::wire::Wait;

use super::answer::{answer, caller, pod, unreadable};
use crate::identity::Seal;

pub(super) struct Runtime {
    pub(super) app: Arc<App>,
    pub(super) seal: Arc<Seal>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) stop: CancellationToken,
}

impl Runtime {
    /// Who calls, and what is asked: in this order, so that a message of nobody is not even read.
    async fn asked<Q, M: Ask<Q>>(&self, request: Request<M>) -> Result<(Caller, Q), Status> {
        let pod = pod(&request)?;
        let message = request.into_inner();
        let (seal, clock) = (self.seal.as_ref(), self.clock.as_ref());
        let caller = caller(&pod, message.context(), seal, clock, &self.app).await?;
        Ok((caller, message.unpack().map_err(unreadable)?))
    }
}

type Events = Pin<Box<dyn Stream<Item = Result<pb::SnapshotEvent, Status>> + Send>>;

#[async_trait]
impl RuntimeService for Runtime {
    async fn authenticate(
        &self,
        request: Request<pb::AuthenticateRequest>,
    ) -> Result<Response<pb::AuthenticateResponse>, Status> {
        authenticate::authenticate(self, request).await
    }

    async fn tools(
        &self,
        request: Request<pb::ToolsRequest>,
    ) -> Result<Response<pb::ToolsResponse>, Status> {
        let (caller, ()) = self.asked(request).await?;
        let tools = self.app.tools(&caller).await;
        let tools = tools.map_err(|fault| vaultpilot_proto::fault::to_status(&fault))?;
        Ok(Response::new(pb::ToolsResponse {
            tools: vaultpilot_proto::Wire::write(tools),
        }))
    }

    async fn admit(
        &self,
        request: Request<pb::AdmitRequest>,
    ) -> Result<Response<pb::AdmitResponse>, Status> {
        let (caller, call) = self.asked(request).await?;
        let wallet = self.app.admit(&caller, &call).await;
        let wallet = wallet.map_err(|fault| vaultpilot_proto::fault::to_status(&fault))?;
        Ok(Response::new(pb::AdmitResponse {
            wallet: vaultpilot_proto::Wire::write(wallet),
        }))
    }

    async fn wallet_create(
        &self,
        request: Request<pb::WalletCreateRequest>,
    ) -> Result<Response<pb::Wallet>, Status> {
        let (caller, question) = self.asked(request).await?;
        let app = Arc::clone(&self.app);
        to_the_end(async move { app.wallet_create(&caller, &question).await }).await
    }

    async fn wallet_fetch(
        &self,
        request: Request<pb::WalletFetchRequest>,
    ) -> Result<Response<pb::Wallet>, Status> {
        let (caller, wallet) = self.asked(request).await?;
        answer(self.app.wallet_fetch(&caller, &wallet).await)
    }

    async fn wallet_list(
        &self,
        request: Request<pb::WalletListRequest>,
    ) -> Result<Response<pb::WalletPage>, Status> {
        let (caller, query) = self.asked(request).await?;
        answer(self.app.wallet_list(&caller, &query).await)
    }

    async fn wallet_freeze(
        &self,
        request: Request<pb::WalletFreezeRequest>,
    ) -> Result<Response<pb::Wallet>, Status> {
        let (caller, (wallet, reason)) = self.asked(request).await?;
        let app = Arc::clone(&self.app);
        to_the_end(async move { app.wallet_freeze(&caller, &wallet, &reason).await }).await
    }

    async fn budget(
        &self,
        request: Request<pb::BudgetRequest>,
    ) -> Result<Response<pb::Budget>, Status> {
        let (caller, query) = self.asked(request).await?;
        answer(self.app.budget(&caller, &query).await)
    }

    async fn policy(
        &self,
        request: Request<pb::PolicyRequest>,
    ) -> Result<Response<pb::PolicyOfWallet>, Status> {
        let (caller, wallet) = self.asked(request).await?;
        answer(self.app.policy(&caller, &wallet).await)
    }

    async fn check(
        &self,
        request: Request<pb::CheckRequest>,
    ) -> Result<Response<pb::Payment>, Status> {
        let (caller, wish) = self.asked(request).await?;
        answer(self.app.check(&caller, &wish).await)
    }

    async fn simulate(
        &self,
        request: Request<pb::SimulateRequest>,
    ) -> Result<Response<pb::Payment>, Status> {
        let (caller, wish) = self.asked(request).await?;
        answer(self.app.simulate(&caller, &wish).await)
    }

    async fn transfer(
        &self,
        request: Request<pb::TransferRequest>,
    ) -> Result<Response<pb::Payment>, Status> {
        let (caller, wish) = self.asked(request).await?;
        let app = Arc::clone(&self.app);
        to_the_end(async move { app.transfer(&caller, &wish).await }).await
    }

    async fn cancel(
        &self,
        request: Request<pb::CancelRequest>,
    ) -> Result<Response<pb::Payment>, Status> {
        let (caller, request_id) = self.asked(request).await?;
        let app = Arc::clone(&self.app);
        to_the_end(async move { app.cancel(&caller, &request_id).await }).await
    }

    async fn transaction(
        &self,
        request: Request<pb::TransactionRequest>,
    ) -> Result<Response<pb::Transaction>, Status> {
        let (caller, transaction) = self.asked(request).await?;
        answer(self.app.transaction(&caller, &transaction).await)
    }

    async fn transaction_list(
        &self,
        request: Request<pb::TransactionListRequest>,
    ) -> Result<Response<pb::TransactionPage>, Status> {
        let (caller, query) = self.asked(request).await?;
        answer(self.app.transaction_list(&caller, &query).await)
    }

    async fn transaction_wait(
        &self,
        request: Request<pb::TransactionWaitRequest>,
    ) -> Result<Response<pb::Transaction>, Status> {
        let (caller, wait) = self.asked(request).await?;
        let Wait {
            transaction,
            confirmations,
            timeout_s,
        } = wait;
        let waited = self
            .app
            .transaction_wait(&caller, &transaction, confirmations, timeout_s)
            .await;
        answer(waited)
    }

    async fn approval(
        &self,
        request: Request<pb::ApprovalRequest>,
    ) -> Result<Response<pb::Approval>, Status> {
        let (caller, id) = self.asked(request).await?;
        answer(self.app.approval(&caller, id).await)
    }

    async fn approval_list(
        &self,
        request: Request<pb::ApprovalListRequest>,
    ) -> Result<Response<pb::ApprovalPage>, Status> {
        let (caller, query) = self.asked(request).await?;
        answer(self.app.approval_list(&caller, &query).await)
    }

    async fn event_list(
        &self,
        request: Request<pb::EventListRequest>,
    ) -> Result<Response<pb::EventPage>, Status> {
        let (caller, query) = self.asked(request).await?;
        answer(self.app.event_list(&caller, &query).await)
    }

    async fn faucet(
        &self,
        request: Request<pb::FaucetRequest>,
    ) -> Result<Response<pb::FaucetPayout>, Status> {
        let (caller, question) = self.asked(request).await?;
        let app = Arc::clone(&self.app);
        to_the_end(async move { app.faucet(&caller, &question).await }).await
    }

    type WatchSnapshotStream = Events;

    async fn watch_snapshot(
        &self,
        request: Request<pb::WatchSnapshotRequest>,
    ) -> Result<Response<Events>, Status> {
        watch::watch(self, request)
    }

    async fn record_reads(
        &self,
        request: Request<pb::RecordReadsRequest>,
    ) -> Result<Response<pb::RecordReadsResponse>, Status> {
        record_reads::record(self, request).await
    }
}

/// A change goes on when whoever asked hangs up or runs out of time: what is committed is also in
/// force, told and remembered.
pub(super) async fn to_the_end<T, M>(
    change: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<Response<M>, Status>
where
    T: Send + 'static,
    M: vaultpilot_proto::Wire<T>,
{
    #[expect(
        clippy::disallowed_methods,
        reason = "awaited here; outlives only a client that left"
    )]
    let done = tokio::spawn(change);
    answer(done.await.unwrap_or_else(|_| {
        Err(Fault::Internal {
            reference: "handler".to_owned(),
        })
    }))
}
