//! A Policy resource: in force whole from the next decision on, or not at all.

use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{Caller, Label, Managed};
use vaultpilot_ports::Fault;
use vaultpilot_ports::resource_plane::{PolicyReport, PolicyWish, Release};

use super::claim::is_held;
use crate::App;
use crate::error::OrFault;
use crate::person::policy_apply::{ApplyOutcome, ApplyPolicy};

impl App {
    pub(super) async fn policy_wished(
        &self,
        caller: &Caller,
        wish: &PolicyWish,
    ) -> Result<PolicyReport, Fault> {
        let request = ApplyPolicy {
            document: wish.document.clone(),
            dry_run: false,
        };
        let applied = self.policy_put(caller, &request, Some(&wish.by)).await?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let set = self.snapshots.of(tx.as_mut(), caller.tenant).await;
        Ok(PolicyReport {
            id: applied.id,
            changed: applied.outcome != Some(ApplyOutcome::Unchanged),
            policy_hash: set.fault()?.version().to_string(),
        })
    }

    pub(super) async fn policy_let_go(
        &self,
        caller: &Caller,
        name: &Label,
        by: &Managed,
    ) -> Result<Release, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let stored = tx.policy_list().await.fault()?;
        let held = stored
            .iter()
            .any(|record| record.name == *name && is_held(record.managed.as_ref(), by));
        if !held || !tx.policy_delete(name).await.fault()? {
            return Ok(Release::Done);
        }
        let draft = self.draft(caller, Action::PolicyDeleted, Outcome::Succeeded);
        let draft = draft.fact("policy", name).fact("resource", by);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.changed(caller.tenant);
        Ok(Release::Done)
    }
}
