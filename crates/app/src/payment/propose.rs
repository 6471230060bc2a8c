//! A payment is proposed: looked up, judged, reserved and recorded in one transaction.

use vaultpilot_audit::{Action, Outcome as AuditOutcome};
use vaultpilot_core::{Caller, IntentId, RequestId, Tool, Wallet};
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
            Err(fault) => return self.came_to_nothing(caller, &wallet, fault).await,
        };
        let moved = self.feed.subscribe();
        match self
            .record_payment(caller, &wallet, &plan, request, request_id)
            .await?
        {
            Recorded::Held(view) => Ok(*view),
            Recorded::Earlier(id) | Recorded::Now(id) => {
                self.payment_follow(caller, id, moved).await
            }
        }
    }

    /// An admitted payment that was never judged is on record all the same.
    async fn came_to_nothing(
        &self,
        caller: &Caller,
        wallet: &Wallet,
        fault: Fault,
    ) -> Result<PaymentView, Fault> {
        let mut draft = self.tool_draft(caller, Tool::Transfer, AuditOutcome::Failed);
        draft.wallet = Some(wallet.id);
        self.audit(caller.tenant, draft.fact("reason", fault.code()))
            .await?;
        Err(fault)
    }

    async fn record_payment(
        &self,
        caller: &Caller,
        wallet: &Wallet,
        plan: &Plan,
        request: &TransferRequest,
        request_id: &RequestId,
    ) -> Result<Recorded, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let now = self.now();
        if let Some((earlier, _)) = tx.intent_find(request_id).await.fault()? {
            let same = earlier.request_digest == plan.request_digest;
            let outcome = if same {
                AuditOutcome::Allowed
            } else {
                AuditOutcome::Denied
            };
            let mut draft = self.tool_draft(caller, Tool::Transfer, outcome);
            draft.wallet = Some(wallet.id);
            draft.intent = Some(earlier.id);
            let told = if same { "replayed" } else { "request_conflict" };
            tx.audit_append(vec![draft.fact("reason", told)])
                .await
                .fault()?;
            tx.commit().await.fault()?;
            if same {
                return Ok(Recorded::Earlier(earlier.id));
            }
            let message = format!(
                "request_id {request_id} already names another payment, {}",
                earlier.id
            );
            return Err(Fault::conflict("request_conflict", message));
        }
        let set = self
            .snapshots
            .of(tx.as_mut(), caller.tenant)
            .await
            .fault()?;
        let stored = tx.wallet_fetch(wallet.id).await.fault()?;
        let stored = stored.ok_or_else(|| Fault::not_found("wallet", &wallet.label))?;
        let case = Case {
            now,
            caller,
            tool: Tool::Transfer,
            wallet: &stored,
            plan,
            approval: None,
        };
        if let Some(earlier) = alike(tx.as_mut(), &set, &case, request).await? {
            return self
                .hold_duplicate(caller, tx, &set, &case, request_id, earlier)
                .await;
        }
        let decision = judge(tx.as_mut(), &set, &case).await?;
        failpoint!("after_policy");
        let (intent, asked) = self.intent_of(&case, request, request_id, &decision);
        tx.intent_insert(&intent, &decision).await.fault()?;
        let mut drafts = vec![self.decided(caller, &intent, &decision)];
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

pub(super) enum Recorded {
    Now(IntentId),
    Earlier(IntentId),
    Held(Box<PaymentView>),
}
