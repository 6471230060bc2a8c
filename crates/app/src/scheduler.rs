//! What happens because time passes: approvals expire. Takes no input, may run at any time, twice
//! or late, and does the same.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{ApprovalId, Caller, Duration, TenantId};
use vaultpilot_intent::{Event, IntentState, step};
use vaultpilot_ports::Fault;
use vaultpilot_ports::store::ApprovalState;

use crate::App;
use crate::error::OrFault;
use crate::feed::Moved;

/// How often the clock is looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// The loop behind everything that waits for a time.
pub struct Scheduler {
    app: Arc<App>,
}

impl Scheduler {
    pub const fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Runs until told to stop; what it is at is finished first.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            if let Err(fault) = self.tick().await {
                tracing::warn!(%fault, "scheduler tick failed; it is tried again");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PERIOD) => {}
            }
        }
    }

    /// Does what is due now.
    ///
    /// # Errors
    /// When the store does not answer; the rest is done next time.
    pub async fn tick(&self) -> Result<(), Fault> {
        let due = self
            .app
            .store
            .approval_overdue(self.app.now())
            .await
            .fault()?;
        for (tenant, approval) in due {
            self.expire(tenant, approval).await?;
        }
        Ok(())
    }

    async fn expire(&self, tenant: TenantId, id: ApprovalId) -> Result<(), Fault> {
        let app = &self.app;
        let now = app.now();
        let mut tx = app.store.begin(tenant).await.fault()?;
        let Some(approval) = tx.approval_fetch(id).await.fault()? else {
            return Ok(());
        };
        let waiting = matches!(approval.state, ApprovalState::Waiting { .. });
        if !waiting || approval.expires_at > now {
            return Ok(());
        }
        tx.approval_update(&approval, &ApprovalState::Expired { at: now })
            .await
            .fault()?;
        let mut moved = None;
        if let Some((mut intent, decision)) = tx.intent_fetch(approval.intent).await.fault()?
            && matches!(intent.state, IntentState::AwaitingApproval { .. })
        {
            let from = intent.state.name();
            if let Ok((state, _)) = step(intent.state.clone(), Event::Expired { at: now }) {
                intent.state = state;
                tx.reservation_release(intent.id).await.fault()?;
                tx.intent_update(from, &intent, &decision).await.fault()?;
                moved = Some(Moved {
                    tenant,
                    intent: intent.id,
                    state: intent.state.name(),
                });
            }
        }
        let system = Caller::system(tenant);
        let mut draft = app.draft(&system, Action::ApprovalExpired, Outcome::Denied);
        draft.intent = Some(approval.intent);
        draft.digest = Some(approval.digest.to_string());
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        if let Some(moved) = moved {
            app.feed.tell(moved);
        }
        Ok(())
    }
}
