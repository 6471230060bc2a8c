//! One-time codes of approvals: hashed at rest, bound to one approval and one action, compared in
//! constant time, locked after a few wrong ones.

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use vaultpilot_audit::{Action, Outcome as AuditOutcome};
use vaultpilot_core::{ApprovalId, Caller};
use vaultpilot_intent::{Digest, Event};
use vaultpilot_ports::store::{Approval, ApprovalState, SecretHash};
use vaultpilot_ports::{Fault, Tx};

use super::approval_decide::stored;
use crate::App;
use crate::error::OrFault;

/// Wrong codes until an approval is locked.
const MAX_FAILED_CODES: u32 = 5;

impl App {
    /// Counts a wrong code; the last one rejects the request.
    pub(super) async fn wrong_code(
        &self,
        caller: &Caller,
        mut tx: Box<dyn Tx>,
        approval: &Approval,
        failed: u32,
    ) -> Result<(), Fault> {
        let now = self.now();
        let failed = failed.saturating_add(1);
        let left = MAX_FAILED_CODES.saturating_sub(failed);
        let (mut intent, decision) = stored(tx.as_mut(), approval).await?;
        let mut draft = self.about(caller, Action::ApprovalCodeFailed, &intent);
        draft.outcome = AuditOutcome::Denied;
        if left > 0 {
            let state = ApprovalState::Waiting {
                failed_codes: failed,
            };
            tx.approval_update(approval, &state).await.fault()?;
            tx.audit_append(vec![draft]).await.fault()?;
            tx.commit().await.fault()?;
            let message = format!("the code is wrong; {left} more tries, then it is locked");
            return Err(Fault::invalid("code_wrong", "code", message));
        }
        tx.approval_update(approval, &ApprovalState::Locked { at: now })
            .await
            .fault()?;
        self.end(
            tx,
            &mut intent,
            &decision,
            Event::Rejected { at: now },
            draft,
        )
        .await?;
        Err(Fault::conflict(
            "approval_locked",
            "too many wrong codes: the request is rejected",
        ))
    }

    pub(crate) fn hash_code(
        &self,
        approval: ApprovalId,
        digest: Digest,
        code: &SecretString,
    ) -> SecretHash {
        let binding = format!("{approval}|{digest}");
        self.pepper.hash(
            "approval-code",
            binding.as_bytes(),
            code.expose_secret().as_bytes(),
        )
    }

    pub(super) fn code_fits(&self, approval: &Approval, code: Option<&SecretString>) -> bool {
        match (&approval.code, code) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(hash), Some(code)) => {
                let given = self.hash_code(approval.id, approval.digest, code);
                bool::from(given.0.ct_eq(&hash.0))
            }
        }
    }
}
