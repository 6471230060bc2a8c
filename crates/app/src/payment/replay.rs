//! A request id that was used before: the same payment is answered as it stands, another is refused.

use vaultpilot_audit::Outcome as AuditOutcome;
use vaultpilot_core::{Caller, Tool, Wallet};
use vaultpilot_intent::Intent;
use vaultpilot_ports::{Fault, Tx};

use super::Recorded;
use crate::App;
use crate::error::OrFault;
use crate::plan::Plan;

impl App {
    pub(super) async fn replayed(
        &self,
        caller: &Caller,
        mut tx: Box<dyn Tx>,
        wallet: &Wallet,
        plan: &Plan,
        earlier: &Intent,
    ) -> Result<Recorded, Fault> {
        let same = earlier.request_digest == plan.request_digest;
        let (outcome, told) = if same {
            (AuditOutcome::Allowed, "replayed")
        } else {
            (AuditOutcome::Denied, "request_conflict")
        };
        let mut draft = self.tool_draft(caller, Tool::Transfer, outcome);
        draft.wallet = Some(wallet.id);
        draft.intent = Some(earlier.id);
        tx.audit_append(vec![draft.fact("reason", told)])
            .await
            .fault()?;
        tx.commit().await.fault()?;
        if same {
            return Ok(Recorded::Earlier(earlier.id));
        }
        let message = format!(
            "request_id {} already names another payment, {}",
            earlier.request_id, earlier.id
        );
        Err(Fault::conflict("request_conflict", message))
    }
}
