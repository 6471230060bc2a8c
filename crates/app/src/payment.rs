//! Payments: judged, simulated, or made.

mod cancel;
mod duplicate;
mod follow;
mod propose;
mod record;
mod replay;
mod simulate;

pub(crate) use propose::Recorded;
use vaultpilot_core::{Caller, Tool};
use vaultpilot_intent::Digest;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{PaymentStatus, PaymentView, TransferRequest};

use crate::App;
use crate::admit::Subject;
use crate::error::OrFault;
use crate::judge::{Case, judge};
use crate::plan::Plan;

impl App {
    /// Judges on what is known now. Nothing is reserved, and the answer may be another one later.
    pub(crate) async fn payment_check(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        let wallet = self
            .enter(caller, Tool::CheckPolicy, Subject::Wallet(&request.wallet))
            .await?;
        let wallet = wallet.ok_or_else(|| Fault::not_found("wallet", &request.wallet))?;
        let plan = self.plan(&wallet, request).await?;
        self.judged(caller, &wallet, &plan, request).await
    }

    /// A judgement that leads to nothing, as a view.
    pub(crate) async fn judged(
        &self,
        caller: &Caller,
        wallet: &vaultpilot_core::Wallet,
        plan: &Plan,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let stored = tx.wallet_fetch(wallet.id).await.fault()?;
        let stored = stored.ok_or_else(|| Fault::not_found("wallet", &request.wallet))?;
        let case = Case {
            now: self.now(),
            caller,
            tool: Tool::Transfer,
            wallet: &stored,
            plan,
            approval: None,
            asks: None,
        };
        let set = self
            .snapshots
            .of(tx.as_mut(), caller.tenant)
            .await
            .fault()?;
        let decision = judge(tx.as_mut(), &set, &case).await?;
        let denied = decision.is_deny();
        Ok(PaymentView {
            status: if denied {
                PaymentStatus::Denied
            } else {
                PaymentStatus::Simulated
            },
            request_id: request.request_id.as_ref().map(ToString::to_string),
            transaction_id: None,
            action_digest: action_digest(plan, request, &decision).to_string(),
            message: decision.headline(),
            decision,
            transaction: None,
            approval: None,
            simulation: None,
            duplicate_of: None,
        })
    }
}

/// The digest this payment would have under the policies it was judged by.
pub(crate) fn action_digest(
    plan: &Plan,
    request: &TransferRequest,
    decision: &vaultpilot_policy::Decision,
) -> Digest {
    match &request.request_id {
        Some(id) => Digest::of_action(
            plan.request_digest,
            id,
            &decision.policy_version.to_string(),
        ),
        None => plan.request_digest,
    }
}
