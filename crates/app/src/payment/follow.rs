//! Follows a payment until its state is worth an answer. Never longer than a tool call may take.

use tokio::sync::broadcast;
use vaultpilot_core::{Caller, Duration, IntentId};
use vaultpilot_intent::StateName;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::PaymentView;

use crate::error::OrFault;
use crate::feed::{Moved, hint};
use crate::{App, view};

/// How long `transfer` waits for its transaction to be on its way.
const PATIENCE: Duration = Duration::from_secs(20);

impl App {
    /// The payment's answer, once it is on its way or will not be.
    pub(crate) async fn payment_follow(
        &self,
        caller: &Caller,
        id: IntentId,
        mut moved: broadcast::Receiver<Moved>,
    ) -> Result<PaymentView, Fault> {
        let under_way =
            |state: StateName| !matches!(state, StateName::Authorized | StateName::Signed);
        let wait = async {
            loop {
                let view = self.payment_view(caller, id).await?;
                if under_way(view.1) {
                    return Ok(view.0);
                }
                hint(&mut moved, id).await;
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(answer) => answer,
            Err(_) => Ok(self.payment_view(caller, id).await?.0),
        }
    }

    pub(crate) async fn payment_view(
        &self,
        caller: &Caller,
        id: IntentId,
    ) -> Result<(PaymentView, StateName), Fault> {
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let found = tx.intent_fetch(id).await.fault()?;
        let (intent, decision) = found.ok_or_else(|| Fault::not_found("transaction", id))?;
        let approval = match &intent.state {
            vaultpilot_intent::IntentState::AwaitingApproval { approval, .. } => {
                tx.approval_fetch(*approval).await.fault()?
            }
            _ => None,
        };
        drop(tx);
        let state = intent.state.name();
        let transaction = self.transaction_view(&intent).await?;
        Ok((
            view::payment(&intent, decision, transaction, approval.as_ref()),
            state,
        ))
    }
}
