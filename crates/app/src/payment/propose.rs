//! A payment is proposed: looked up, judged, reserved and recorded in one transaction.

use vaultpilot_audit::{Action, Outcome as AuditOutcome};
use vaultpilot_core::{Caller, IntentId, RequestId, RunId, Tool, Wallet};
use vaultpilot_ports::control_plane::{PaymentView, TransferRequest};
use vaultpilot_ports::{Fault, Notice};

use super::duplicate::alike;
use super::record::reservation;
use crate::App;
use crate::admit::Subject;
use crate::error::OrFault;
use crate::failpoint::failpoint;
use crate::feed::Moved;
use crate::judge::{Case, judge};
use crate::plan::Plan;
use crate::strategy::{Begun, Origin};

/// The longest memo kept.
const MAX_MEMO: usize = 200;

impl App {
    pub(crate) async fn payment_propose(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        if request.dry_run {
            return self.payment_simulate(caller, request).await;
        }
        if is_reserved(request) {
            return Err(Fault::invalid(
                "request_id_reserved",
                "request_id",
                "request ids of this form belong to the runs of strategies",
            ));
        }
        let moved = self.feed.subscribe();
        match self.payment_place(caller, request, None).await? {
            Recorded::Held(view) => Ok(*view),
            Recorded::Earlier(id) | Recorded::Now(id) => {
                self.payment_follow(caller, id, moved).await
            }
            // Only a strategy's run ends here, and this is none.
            Recorded::Over => Err(Fault::Internal {
                reference: "payment".to_owned(),
            }),
        }
    }

    /// Judges, reserves and records; does not wait for what comes of it. What a strategy's run pays
    /// is recorded together with the run, or neither is.
    pub(crate) async fn payment_place(
        &self,
        caller: &Caller,
        request: &TransferRequest,
        origin: Option<&Origin<'_>>,
    ) -> Result<Recorded, Fault> {
        let Some(request_id) = &request.request_id else {
            return Err(Fault::invalid(
                "request_id_missing",
                "request_id",
                "request_id is required",
            ));
        };
        if request
            .memo
            .as_ref()
            .is_some_and(|memo| memo.chars().count() > MAX_MEMO)
        {
            let message = format!("memo has more than {MAX_MEMO} characters");
            return Err(Fault::invalid("memo_too_long", "memo", message));
        }
        let wallet = self
            .enter(caller, Tool::Transfer, Subject::Wallet(&request.wallet))
            .await?;
        let wallet = wallet.ok_or_else(|| Fault::not_found("wallet", &request.wallet))?;
        let plan = match self.plan(&wallet, request).await {
            Ok(plan) => plan,
            Err(fault) => return Err(self.came_to_nothing(caller, &wallet, fault).await?),
        };
        if origin.is_some_and(|origin| origin.strategy.decimals != plan.decimals) {
            let message = "the token has other decimals than when the strategy was applied";
            let fault = Fault::conflict("decimals_changed", message);
            return Err(self.came_to_nothing(caller, &wallet, fault).await?);
        }
        self.record_payment(caller, &wallet, &plan, request, request_id, origin)
            .await
    }

    /// An admitted payment that was never judged is on record all the same.
    async fn came_to_nothing(
        &self,
        caller: &Caller,
        wallet: &Wallet,
        fault: Fault,
    ) -> Result<Fault, Fault> {
        let mut draft = self.tool_draft(caller, Tool::Transfer, AuditOutcome::Failed);
        draft.wallet = Some(wallet.id);
        self.audit(caller.tenant, draft.fact("reason", fault.code()))
            .await?;
        Ok(fault)
    }

    async fn record_payment(
        &self,
        caller: &Caller,
        wallet: &Wallet,
        plan: &Plan,
        request: &TransferRequest,
        request_id: &RequestId,
        origin: Option<&Origin<'_>>,
    ) -> Result<Recorded, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let now = self.now();
        if let Some((earlier, _)) = tx.intent_find(request_id).await.fault()? {
            return self.replayed(caller, tx, wallet, plan, &earlier).await;
        }
        let set = self
            .snapshots
            .of(tx.as_mut(), caller.tenant)
            .await
            .fault()?;
        let stored = tx.wallet_fetch(wallet.id).await.fault()?;
        let stored = stored.ok_or_else(|| Fault::not_found("wallet", &wallet.label))?;
        let begun = match origin {
            None => None,
            Some(origin) => match self.run_begin(tx.as_mut(), origin).await? {
                Begun::Going(begun) => Some(begun),
                Begun::Over => {
                    tx.commit().await.fault()?;
                    return Ok(Recorded::Over);
                }
            },
        };
        let case = Case {
            now,
            caller,
            tool: Tool::Transfer,
            wallet: &stored,
            plan,
            approval: None,
            asks: begun.as_ref().and_then(|begun| begun.asks.as_ref()),
        };
        // A schedule means to pay again: its ticks are never taken for one another.
        if origin.is_none()
            && let Some(earlier) = alike(tx.as_mut(), &set, &case, request).await?
        {
            return self
                .hold_duplicate(caller, tx, &set, &case, request_id, earlier)
                .await;
        }
        let decision = judge(tx.as_mut(), &set, &case).await?;
        failpoint!("after_policy");
        let (intent, asked) = self.intent_of(&case, request, request_id, &decision);
        tx.intent_insert(&intent, &decision).await.fault()?;
        let mut drafts = vec![self.decided(caller, &intent, &decision)];
        if let Some(begun) = &begun {
            drafts.push(self.run_pays(tx.as_mut(), begun, &intent).await?);
        }
        if !decision.is_deny() {
            tx.reservation_insert(&reservation(&intent, caller, plan))
                .await
                .fault()?;
        }
        let mut notice = None;
        if let Some(asked) = asked {
            let approval = self.approval_of(&intent, &stored, &asked);
            tx.approval_insert(&approval).await.fault()?;
            drafts.push(self.about(caller, Action::ApprovalRequested, &intent));
            notice = Some(Notice::ApprovalRequested {
                at: now,
                approval: approval.id,
                summary: approval.summary,
                expires_at: asked.expires_at,
                code: asked.code,
            });
        }
        tx.audit_append(drafts).await.fault()?;
        failpoint!("audit_before_commit");
        tx.commit().await.fault()?;
        failpoint!("after_reserve_commit");
        if let Some(notice) = notice {
            self.notifier.notify(notice).await;
        }
        let state = intent.state.name();
        self.feed.tell(Moved {
            tenant: caller.tenant,
            intent: intent.id,
            state,
        });
        Ok(Recorded::Now(intent.id))
    }
}

pub(crate) enum Recorded {
    Now(IntentId),
    Earlier(IntentId),
    Held(Box<PaymentView>),
    /// The strategy's run ended instead, without a payment.
    Over,
}

/// Whether a request that is no strategy's uses the name a run's payment will have.
fn is_reserved(request: &TransferRequest) -> bool {
    let id = request.request_id.as_ref();
    id.is_some_and(|id| id.as_str().parse::<RunId>().is_ok())
}
