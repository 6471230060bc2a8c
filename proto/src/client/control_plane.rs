//! `ControlPlane` over gRPC.

mod extra;

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use vaultpilot_core::{ApprovalId, Caller, TenantName, Tool};
use vaultpilot_ports::control_plane::{
    ApprovalQuery, ApprovalView, BudgetQuery, BudgetView, CreateWallet, EventQuery, EventView,
    FaucetRequest, FaucetView, ListQuery, Listed, PaymentView, PolicyView, ToolCall,
    TransactionQuery, TransactionRef, TransactionView, TransferRequest, WalletRef, WalletView,
};
use vaultpilot_ports::{ControlPlane, Fault};

use super::context::Contexts;
use super::link::Manner;
use super::{Link, unreadable};
use crate::fault::CONTEXT_OVER;
use crate::pb::runtime_service_client::RuntimeServiceClient;
use crate::wire::{Ask, Wait};
use crate::{Wire, WireError, pb};

/// The control plane of a runtime. It remembers which context a caller acts under, so that a call
/// costs one hop, and no credential.
pub struct RemoteControlPlane {
    link: Arc<Link>,
    contexts: Contexts,
}

/// How callers are remembered.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Random bytes of this process: credentials are remembered as hashes under them.
    pub salt: [u8; 32],
    /// How long a caller is recognised after its context is over, for reads while the control plane
    /// is away.
    pub keep: Duration,
}

fn client(channel: Channel) -> RuntimeServiceClient<Channel> {
    RuntimeServiceClient::new(channel)
}

impl RemoteControlPlane {
    pub fn new(link: Arc<Link>, retention: Retention) -> Self {
        Self {
            link,
            contexts: Contexts::new(retention.salt, retention.keep),
        }
    }

    /// One question in the name of a caller.
    async fn ask<M, Q, P, R, F, S>(
        &self,
        manner: Manner,
        caller: &Caller,
        question: Q,
        send: S,
    ) -> Result<R, Fault>
    where
        M: Ask<Q> + Clone + Send,
        Q: Send,
        P: Wire<R> + Send,
        F: Future<Output = Result<Response<P>, Status>> + Send,
        S: Fn(Channel, Request<M>) -> F + Send + Sync,
    {
        let context = self.contexts.of(caller).ok_or_else(over)?;
        let message = M::pack(context, question);
        match self.link.ask(manner, message, send).await {
            Ok(answer) => answer.read().map_err(|error| unreadable(&error)),
            Err(fault) => {
                if fault.code() == CONTEXT_OVER {
                    self.contexts.forget_caller(caller);
                }
                Err(fault)
            }
        }
    }

    async fn exchange(
        &self,
        tenant: &TenantName,
        credential: &SecretString,
        ip: Option<IpAddr>,
    ) -> Result<(Caller, Vec<u8>, Duration), Fault> {
        let message = pb::AuthenticateRequest {
            tenant: Wire::write(tenant.clone()),
            credential: credential.expose_secret().to_owned(),
            client_ip: Wire::write(ip),
        };
        let answer = self
            .link
            .ask(Manner::READ, message, |channel, request| async move {
                client(channel).authenticate(request).await
            })
            .await?;
        let read = || -> Result<_, WireError> {
            Ok((
                crate::required(answer.caller).map_err(|error| error.within("caller"))?,
                answer.context,
                crate::required(answer.lifetime).map_err(|error| error.within("lifetime"))?,
            ))
        };
        read().map_err(|error| unreadable(&error))
    }
}

/// Nobody has authenticated as this caller, or so long ago that it does not count.
fn over() -> Fault {
    Fault::unavailable(CONTEXT_OVER, "the call context is over: authenticate again")
}

#[async_trait]
impl ControlPlane for RemoteControlPlane {
    async fn authenticate(
        &self,
        tenant: &TenantName,
        credential: &SecretString,
        ip: Option<IpAddr>,
    ) -> Result<Caller, Fault> {
        let fingerprint = self.contexts.fingerprint(tenant, credential, ip);
        if let Some(caller) = self.contexts.caller(fingerprint) {
            return Ok(caller);
        }
        match self.exchange(tenant, credential, ip).await {
            Ok((caller, context, lifetime)) => {
                self.contexts
                    .insert(fingerprint, caller.clone(), context, lifetime);
                Ok(caller)
            }
            Err(fault) => {
                // It was good once and is not any more.
                if fault == Fault::Unauthenticated {
                    self.contexts.forget(fingerprint);
                }
                Err(fault)
            }
        }
    }

    async fn tools(&self, caller: &Caller) -> Result<Vec<Tool>, Fault> {
        self.ask(
            Manner::READ,
            caller,
            (),
            |channel, request: Request<pb::ToolsRequest>| async move {
                client(channel).tools(request).await
            },
        )
        .await
    }

    async fn admit(&self, caller: &Caller, call: &ToolCall) -> Result<Option<WalletView>, Fault> {
        self.ask(
            Manner::READ,
            caller,
            call.clone(),
            |channel, request: Request<pb::AdmitRequest>| async move {
                client(channel).admit(request).await
            },
        )
        .await
    }

    async fn wallet_create(
        &self,
        caller: &Caller,
        request: &CreateWallet,
    ) -> Result<WalletView, Fault> {
        self.ask(
            Manner::WRITE,
            caller,
            request.clone(),
            |channel, request: Request<pb::WalletCreateRequest>| async move {
                client(channel).wallet_create(request).await
            },
        )
        .await
    }

    async fn wallet_fetch(&self, caller: &Caller, wallet: &WalletRef) -> Result<WalletView, Fault> {
        self.ask(
            Manner::READ,
            caller,
            wallet.clone(),
            |channel, request: Request<pb::WalletFetchRequest>| async move {
                client(channel).wallet_fetch(request).await
            },
        )
        .await
    }

    async fn wallet_list(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Listed<WalletView>, Fault> {
        self.ask(
            Manner::READ,
            caller,
            query.clone(),
            |channel, request: Request<pb::WalletListRequest>| async move {
                client(channel).wallet_list(request).await
            },
        )
        .await
    }

    async fn wallet_freeze(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
        reason: &str,
    ) -> Result<WalletView, Fault> {
        self.ask(
            Manner::WRITE,
            caller,
            (wallet.clone(), reason.to_owned()),
            |channel, request: Request<pb::WalletFreezeRequest>| async move {
                client(channel).wallet_freeze(request).await
            },
        )
        .await
    }

    async fn budget(&self, caller: &Caller, query: &BudgetQuery) -> Result<BudgetView, Fault> {
        self.ask(
            Manner::READ,
            caller,
            query.clone(),
            |channel, request: Request<pb::BudgetRequest>| async move {
                client(channel).budget(request).await
            },
        )
        .await
    }

    async fn policy(&self, caller: &Caller, wallet: &WalletRef) -> Result<PolicyView, Fault> {
        self.ask(
            Manner::READ,
            caller,
            wallet.clone(),
            |channel, request: Request<pb::PolicyRequest>| async move {
                client(channel).policy(request).await
            },
        )
        .await
    }

    async fn check(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        self.ask(
            Manner::READ,
            caller,
            request.clone(),
            |channel, request: Request<pb::CheckRequest>| async move {
                client(channel).check(request).await
            },
        )
        .await
    }

    async fn simulate(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        self.ask(
            Manner::READ,
            caller,
            request.clone(),
            |channel, request: Request<pb::SimulateRequest>| async move {
                client(channel).simulate(request).await
            },
        )
        .await
    }

    async fn transfer(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        self.ask(
            Manner::LONG_WRITE,
            caller,
            request.clone(),
            |channel, request: Request<pb::TransferRequest>| async move {
                client(channel).transfer(request).await
            },
        )
        .await
    }

    async fn cancel(&self, caller: &Caller, request_id: &str) -> Result<PaymentView, Fault> {
        self.ask(
            Manner::WRITE,
            caller,
            request_id.to_owned(),
            |channel, request: Request<pb::CancelRequest>| async move {
                client(channel).cancel(request).await
            },
        )
        .await
    }

    async fn transaction(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
    ) -> Result<TransactionView, Fault> {
        self.ask(
            Manner::READ,
            caller,
            *transaction,
            |channel, request: Request<pb::TransactionRequest>| async move {
                client(channel).transaction(request).await
            },
        )
        .await
    }

    async fn transaction_list(
        &self,
        caller: &Caller,
        query: &TransactionQuery,
    ) -> Result<Listed<TransactionView>, Fault> {
        self.ask(
            Manner::READ,
            caller,
            query.clone(),
            |channel, request: Request<pb::TransactionListRequest>| async move {
                client(channel).transaction_list(request).await
            },
        )
        .await
    }

    async fn transaction_wait(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
        confirmations: Option<u64>,
        timeout_s: u64,
    ) -> Result<TransactionView, Fault> {
        self.ask(
            Manner::LONG_READ,
            caller,
            Wait {
                transaction: *transaction,
                confirmations,
                timeout_s,
            },
            |channel, request: Request<pb::TransactionWaitRequest>| async move {
                client(channel).transaction_wait(request).await
            },
        )
        .await
    }

    async fn approval(&self, caller: &Caller, id: ApprovalId) -> Result<ApprovalView, Fault> {
        self.ask(
            Manner::READ,
            caller,
            id,
            |channel, request: Request<pb::ApprovalRequest>| async move {
                client(channel).approval(request).await
            },
        )
        .await
    }

    async fn approval_list(
        &self,
        caller: &Caller,
        query: &ApprovalQuery,
    ) -> Result<Listed<ApprovalView>, Fault> {
        self.ask(
            Manner::READ,
            caller,
            query.clone(),
            |channel, request: Request<pb::ApprovalListRequest>| async move {
                client(channel).approval_list(request).await
            },
        )
        .await
    }

    async fn event_list(
        &self,
        caller: &Caller,
        query: &EventQuery,
    ) -> Result<Listed<EventView>, Fault> {
        self.ask(
            Manner::READ,
            caller,
            query.clone(),
            |channel, request: Request<pb::EventListRequest>| async move {
                client(channel).event_list(request).await
            },
        )
        .await
    }

    async fn faucet(&self, caller: &Caller, request: &FaucetRequest) -> Result<FaucetView, Fault> {
        self.ask(
            Manner::LONG_WRITE,
            caller,
            request.clone(),
            |channel, request: Request<pb::FaucetRequest>| async move {
                client(channel).faucet(request).await
            },
        )
        .await
    }
}
