//! `RuntimeService`.

use std::pin::Pin;

use futures::{Stream, stream};
use vaultpilot_ports::control_plane::WalletRef;
use vaultpilot_ports::{ControlPlane, Fault};
use vaultpilot_proto::fault::to_status;
use vaultpilot_proto::pb::runtime_service_server::RuntimeService;
use vaultpilot_proto::pb::snapshot_event::Event;
use vaultpilot_proto::tonic::{self, Request, Response, Status};
use vaultpilot_proto::wire::{Snapshot, Wait};
use vaultpilot_proto::{Wire, pb};

use super::{Service, now};

#[tonic::async_trait]
impl RuntimeService for Service {
    async fn authenticate(
        &self,
        request: Request<pb::AuthenticateRequest>,
    ) -> Result<Response<pb::AuthenticateResponse>, Status> {
        self.0.enter("Authenticate", &request)?;
        let asked = request.into_inner();
        let tenant = asked.tenant.parse().unwrap();
        let ip = Wire::read(asked.client_ip).unwrap();
        let credential = asked.credential.into();
        let caller = self.0.house.authenticate(&tenant, &credential, ip).await;
        let caller = caller.map_err(|fault| to_status(&fault))?;
        let mut contexts = self.0.contexts.lock().unwrap();
        let context = format!("context {}", contexts.len()).into_bytes();
        contexts.insert(context.clone(), caller.clone());
        Ok(Response::new(pb::AuthenticateResponse {
            context,
            caller: Some(Wire::write(caller)),
            expires_at: Some(Wire::write(now())),
            lifetime: Some(Wire::write(*self.0.lifetime.lock().unwrap())),
        }))
    }

    async fn tools(
        &self,
        request: Request<pb::ToolsRequest>,
    ) -> Result<Response<pb::ToolsResponse>, Status> {
        let plane = &self.0.house;
        self.act("Tools", request, async |caller, (): ()| {
            plane.tools(&caller).await
        })
        .await
    }

    async fn admit(
        &self,
        request: Request<pb::AdmitRequest>,
    ) -> Result<Response<pb::AdmitResponse>, Status> {
        let plane = &self.0.house;
        self.act("Admit", request, async |caller, call| {
            plane.admit(&caller, &call).await
        })
        .await
    }

    async fn wallet_create(
        &self,
        request: Request<pb::WalletCreateRequest>,
    ) -> Result<Response<pb::Wallet>, Status> {
        let plane = &self.0.house;
        self.act("WalletCreate", request, async |caller, asked| {
            plane.wallet_create(&caller, &asked).await
        })
        .await
    }

    async fn wallet_fetch(
        &self,
        request: Request<pb::WalletFetchRequest>,
    ) -> Result<Response<pb::Wallet>, Status> {
        let plane = &self.0.house;
        self.act("WalletFetch", request, async |caller, wallet| {
            plane.wallet_fetch(&caller, &wallet).await
        })
        .await
    }

    async fn wallet_list(
        &self,
        request: Request<pb::WalletListRequest>,
    ) -> Result<Response<pb::WalletPage>, Status> {
        let plane = &self.0.house;
        self.act("WalletList", request, async |caller, query| {
            plane.wallet_list(&caller, &query).await
        })
        .await
    }

    async fn wallet_freeze(
        &self,
        request: Request<pb::WalletFreezeRequest>,
    ) -> Result<Response<pb::Wallet>, Status> {
        let plane = &self.0.house;
        self.act(
            "WalletFreeze",
            request,
            async |caller, (wallet, reason): (WalletRef, String)| {
                plane.wallet_freeze(&caller, &wallet, &reason).await
            },
        )
        .await
    }

    async fn budget(
        &self,
        request: Request<pb::BudgetRequest>,
    ) -> Result<Response<pb::Budget>, Status> {
        let plane = &self.0.house;
        self.act("Budget", request, async |caller, query| {
            plane.budget(&caller, &query).await
        })
        .await
    }

    async fn policy(
        &self,
        request: Request<pb::PolicyRequest>,
    ) -> Result<Response<pb::PolicyOfWallet>, Status> {
        let plane = &self.0.house;
        self.act("Policy", request, async |caller, wallet| {
            plane.policy(&caller, &wallet).await
        })
        .await
    }

    async fn check(
        &self,
        request: Request<pb::CheckRequest>,
    ) -> Result<Response<pb::Payment>, Status> {
        let plane = &self.0.house;
        self.act("Check", request, async |caller, asked| {
            plane.check(&caller, &asked).await
        })
        .await
    }

    async fn simulate(
        &self,
        request: Request<pb::SimulateRequest>,
    ) -> Result<Response<pb::Payment>, Status> {
        let plane = &self.0.house;
        self.act("Simulate", request, async |caller, asked| {
            plane.simulate(&caller, &asked).await
        })
        .await
    }

    async fn transfer(
        &self,
        request: Request<pb::TransferRequest>,
    ) -> Result<Response<pb::Payment>, Status> {
        let plane = &self.0.house;
        self.act("Transfer", request, async |caller, asked| {
            plane.transfer(&caller, &asked).await
        })
        .await
    }

    async fn cancel(
        &self,
        request: Request<pb::CancelRequest>,
    ) -> Result<Response<pb::Payment>, Status> {
        let plane = &self.0.house;
        self.act("Cancel", request, async |caller, id: String| {
            plane.cancel(&caller, &id).await
        })
        .await
    }

    async fn transaction(
        &self,
        request: Request<pb::TransactionRequest>,
    ) -> Result<Response<pb::Transaction>, Status> {
        let plane = &self.0.house;
        self.act("Transaction", request, async |caller, asked| {
            plane.transaction(&caller, &asked).await
        })
        .await
    }

    async fn transaction_list(
        &self,
        request: Request<pb::TransactionListRequest>,
    ) -> Result<Response<pb::TransactionPage>, Status> {
        let plane = &self.0.house;
        self.act("TransactionList", request, async |caller, query| {
            plane.transaction_list(&caller, &query).await
        })
        .await
    }

    async fn transaction_wait(
        &self,
        request: Request<pb::TransactionWaitRequest>,
    ) -> Result<Response<pb::Transaction>, Status> {
        let plane = &self.0.house;
        self.act("TransactionWait", request, async |caller, wait: Wait| {
            plane
                .transaction_wait(
                    &caller,
                    &wait.transaction,
                    wait.confirmations,
                    wait.timeout_s,
                )
                .await
        })
        .await
    }

    async fn approval(
        &self,
        request: Request<pb::ApprovalRequest>,
    ) -> Result<Response<pb::Approval>, Status> {
        let plane = &self.0.house;
        self.act("Approval", request, async |caller, id| {
            plane.approval(&caller, id).await
        })
        .await
    }

    async fn approval_list(
        &self,
        request: Request<pb::ApprovalListRequest>,
    ) -> Result<Response<pb::ApprovalPage>, Status> {
        let plane = &self.0.house;
        self.act("ApprovalList", request, async |caller, query| {
            plane.approval_list(&caller, &query).await
        })
        .await
    }

    async fn event_list(
        &self,
        request: Request<pb::EventListRequest>,
    ) -> Result<Response<pb::EventPage>, Status> {
        let plane = &self.0.house;
        self.act("EventList", request, async |caller, query| {
            plane.event_list(&caller, &query).await
        })
        .await
    }

    async fn faucet(
        &self,
        request: Request<pb::FaucetRequest>,
    ) -> Result<Response<pb::FaucetPayout>, Status> {
        let plane = &self.0.house;
        self.act("Faucet", request, async |caller, asked| {
            plane.faucet(&caller, &asked).await
        })
        .await
    }

    type WatchSnapshotStream =
        Pin<Box<dyn Stream<Item = Result<pb::SnapshotEvent, Status>> + Send + 'static>>;

    async fn watch_snapshot(
        &self,
        request: Request<pb::WatchSnapshotRequest>,
    ) -> Result<Response<Self::WatchSnapshotStream>, Status> {
        self.0.enter("WatchSnapshot", &request)?;
        let asked = request.into_inner();
        let resumed = asked.resume_token.clone();
        let watched = (asked.contexts.clone(), resumed.clone());
        self.0.watched.lock().unwrap().push(watched);
        let mut said = self.0.snapshot.subscribe();
        said.mark_changed();
        let events = stream::unfold((said, resumed), async |(mut said, known)| {
            said.changed().await.ok()?;
            let (token, snapshot) = said.borrow_and_update().clone();
            if token == super::END {
                return None;
            }
            let event = event(&token, snapshot, token == known);
            Some((Ok(event), (said, token)))
        });
        Ok(Response::new(Box::pin(events)))
    }

    async fn record_reads(
        &self,
        request: Request<pb::RecordReadsRequest>,
    ) -> Result<Response<pb::RecordReadsResponse>, Status> {
        self.0.enter("RecordReads", &request)?;
        let reads: Vec<vaultpilot_proto::wire::Read> =
            Wire::read(request.into_inner().reads).unwrap();
        if reads.iter().any(|read| read.context == b"forged") {
            return Err(to_status(&Fault::invalid(
                "context",
                "context",
                "is not ours",
            )));
        }
        let recorded = u32::try_from(reads.len()).unwrap();
        self.0.reads.lock().unwrap().extend(reads);
        Ok(Response::new(pb::RecordReadsResponse { recorded }))
    }
}

fn event(token: &str, snapshot: Snapshot, is_known: bool) -> pb::SnapshotEvent {
    let event = if is_known {
        Event::Unchanged(pb::Unchanged {})
    } else {
        Event::Snapshot(Wire::write(snapshot))
    };
    pb::SnapshotEvent {
        resume_token: token.to_owned(),
        as_of: Some(Wire::write(now())),
        event: Some(event),
    }
}
