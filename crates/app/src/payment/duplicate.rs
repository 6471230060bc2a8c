//! The same payment twice in a short time: held back until the caller says it is meant.

use vaultpilot_audit::{Action, Outcome as AuditOutcome};
use vaultpilot_core::{Caller, IntentId, RequestId, clock};
use vaultpilot_intent::Digest;
use vaultpilot_policy::{Decision, Outcome, PolicySet, Reason, ReasonCode, duplicate_window};
use vaultpilot_ports::control_plane::{PaymentStatus, PaymentView, TransferRequest};
use vaultpilot_ports::{Fault, Tx};

use super::propose::Recorded;
use crate::App;
use crate::error::OrFault;
use crate::judge::Case;

/// The recent payment this one looks like, unless the caller knows and says so.
pub(super) async fn alike(
    tx: &mut dyn Tx,
    set: &PolicySet,
    case: &Case<'_>,
    request: &TransferRequest,
) -> Result<Option<IntentId>, Fault> {
    let Some(window) = duplicate_window(set, Some(&case.wallet.label), case.caller.name()) else {
        return Ok(None);
    };
    let since = clock::before(case.now, window);
    let alike = tx
        .intent_find_alike(case.wallet.id, case.plan.request_digest, since)
        .await;
    Ok(alike
        .fault()?
        .filter(|earlier| request.confirm_duplicate_of != Some(*earlier)))
}

impl App {
    /// The same payment was made moments ago: held back, audited, not recorded under this id.
    pub(super) async fn hold_duplicate(
        &self,
        caller: &Caller,
        mut tx: Box<dyn Tx>,
        set: &PolicySet,
        case: &Case<'_>,
        request_id: &RequestId,
        earlier: IntentId,
    ) -> Result<Recorded, Fault> {
        let message = format!(
            "the same payment was made moments ago as {earlier}; if a second one is meant, repeat \
             with confirm_duplicate_of = {earlier}"
        );
        let decision = Decision {
            outcome: Outcome::Deny,
            policy_version: set.version(),
            matched_rules: Vec::new(),
            reasons: vec![Reason::new(ReasonCode::DuplicateSuspected, message.clone())],
        };
        let version = decision.policy_version.to_string();
        let digest = Digest::of_action(case.plan.request_digest, request_id, &version);
        let mut draft = self.draft(caller, Action::IntentDecided, AuditOutcome::Denied);
        draft.tool = Some(case.tool.name().to_owned());
        draft.wallet = Some(case.wallet.id);
        draft.intent = Some(earlier);
        draft.digest = Some(digest.to_string());
        draft.policy_version = Some(version);
        let draft = draft.fact("reason", ReasonCode::DuplicateSuspected);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        Ok(Recorded::Held(Box::new(PaymentView {
            status: PaymentStatus::Denied,
            request_id: Some(request_id.to_string()),
            transaction_id: None,
            action_digest: digest.to_string(),
            message,
            decision,
            transaction: None,
            approval: None,
            simulation: None,
            duplicate_of: Some(earlier.to_string()),
        })))
    }
}
