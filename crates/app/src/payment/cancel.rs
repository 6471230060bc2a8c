//! Withdraws a payment that nothing was signed for yet.

use vaultpilot_audit::Action;
use vaultpilot_core::{Caller, CallerKind, RequestId, Tool};
use vaultpilot_intent::{Event, IntentState, StateName, step};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::PaymentView;
use vaultpilot_ports::store::ApprovalState;

use crate::App;
use crate::admit::Subject;
use crate::error::OrFault;
use crate::feed::Moved;

impl App {
    pub(crate) async fn payment_cancel(
        &self,
        caller: &Caller,
        request_id: &str,
    ) -> Result<PaymentView, Fault> {
        self.enter(caller, Tool::CancelRequest, Subject::None)
            .await?;
        let request_id: RequestId = request_id.parse().map_err(|error| {
            Fault::invalid("request_id_malformed", "request_id", format!("{error}"))
        })?;
        self.payment_withdraw(caller, &request_id).await
    }

    pub(crate) async fn payment_withdraw(
        &self,
        caller: &Caller,
        request_id: &RequestId,
    ) -> Result<PaymentView, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let found = tx.intent_find(request_id).await.fault()?;
        // An agent withdraws its own requests only, and does not learn of others.
        let mine = |requester: &CallerKind| caller.is_person() || *requester == caller.kind;
        let (mut intent, decision) = found
            .filter(|(intent, _)| mine(&intent.requester))
            .ok_or_else(|| Fault::not_found("request", request_id))?;
        let from = intent.state.name();
        if from == StateName::Cancelled {
            drop(tx);
            return Ok(self.payment_view(caller, intent.id).await?.0);
        }
        let waiting = match &intent.state {
            IntentState::AwaitingApproval { approval, .. } => Some(*approval),
            _ => None,
        };
        let now = self.now();
        let (state, _) = step(intent.state, Event::Cancelled { at: now }).map_err(|error| {
            let message = format!("{error}: it is signed or over; follow {}", intent.id);
            Fault::conflict("not_cancellable", message)
        })?;
        intent.state = state;
        tx.reservation_release(intent.id).await.fault()?;
        tx.intent_update(from, &intent, &decision).await.fault()?;
        if let Some(id) = waiting
            && let Some(approval) = tx.approval_fetch(id).await.fault()?
        {
            tx.approval_update(&approval, &ApprovalState::Withdrawn { at: now })
                .await
                .fault()?;
        }
        let draft = self.about(caller, Action::IntentMoved, &intent);
        tx.audit_append(vec![draft.fact("state", "cancelled")])
            .await
            .fault()?;
        tx.commit().await.fault()?;
        self.feed.tell(Moved {
            tenant: caller.tenant,
            intent: intent.id,
            state: StateName::Cancelled,
        });
        Ok(self.payment_view(caller, intent.id).await?.0)
    }
}
