//! A rotation is asked for here; the signing side does it.

use std::collections::BTreeMap;

use vaultpilot_audit::Action;
use vaultpilot_core::{Caller, Permission};
use vaultpilot_ports::store::{KeyLevel, KeyTask, KeyTaskState, KeyWork};
use vaultpilot_ports::{Fault, StoreError};

use super::super::allowed;
use super::view::{self, KeyTaskView};
use crate::App;
use crate::error::OrFault;

impl App {
    /// Asks for a rotation; the one that is under way, if it is of this level.
    ///
    /// # Errors
    /// `Forbidden` for everybody but an owner; `Conflict` while another level is rotated.
    pub async fn custody_rotate(
        &self,
        caller: &Caller,
        level: KeyLevel,
    ) -> Result<KeyTaskView, Fault> {
        allowed(caller, Permission::CustodyWrite)?;
        self.rotation_begun(caller, level).await
    }

    pub(super) async fn rotation_begun(
        &self,
        caller: &Caller,
        level: KeyLevel,
    ) -> Result<KeyTaskView, Fault> {
        if let Some(task) = self.rotation_under_way(caller, level).await? {
            return Ok(view::task(&task));
        }
        self.room_for_task(caller).await?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let tenant = tx.tenant_fetch().await.fault()?;
        let tenant = tenant.ok_or_else(|| Fault::not_found("tenant", caller.tenant))?;
        let current = tx.kek_current().await.fault()?;
        let counts = tx.wallet_key_count().await.fault()?;
        let total = match level {
            KeyLevel::Root => u64::try_from(tx.kek_list().await.fault()?.len()).unwrap_or(u64::MAX),
            KeyLevel::Tenant => behind(&counts),
        };
        drop(tx);
        let version = current.map_or(1, |kek| kek.version.saturating_add(1));
        let next = match level {
            KeyLevel::Root => None,
            KeyLevel::Tenant => Some(self.kek_made(&tenant, version).await?),
        };
        let state = KeyTaskState::Running {
            approved_by: None,
            done: 0,
            total,
            last_error: None,
        };
        let task = self.task_of(caller, KeyWork::Rotate { level }, state);
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let now = tx.tenant_fetch().await.fault()?;
        if now.is_none_or(|now| now.keys != tenant.keys) {
            return Err(Fault::unavailable(
                "conflict",
                "the tenant's keys were changed meanwhile; try again",
            ));
        }
        let mut drafts = vec![self.task_draft(caller, Action::KeyTaskBegun, &task)];
        if let Some(kek) = &next {
            match tx.kek_insert(kek).await {
                Err(StoreError::Conflict { .. }) => {
                    // Somebody asked at the same moment: theirs is the rotation.
                    drop(tx);
                    let theirs = self.rotation_under_way(caller, level).await?;
                    return theirs.as_ref().map(view::task).ok_or_else(|| {
                        Fault::unavailable("conflict", "keys were rotated meanwhile; try again")
                    });
                }
                other => other.fault()?,
            }
            drafts.push(self.kek_draft(caller, Action::KekCreated, kek));
        }
        tx.key_task_insert(&task).await.fault()?;
        tx.audit_append(drafts).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.tasked();
        Ok(view::task(&task))
    }

    async fn rotation_under_way(
        &self,
        caller: &Caller,
        level: KeyLevel,
    ) -> Result<Option<KeyTask>, Fault> {
        for task in self.open_tasks(caller).await? {
            let KeyWork::Rotate { level: other } = task.work else {
                continue;
            };
            if other == level {
                return Ok(Some(task));
            }
            let message = format!(
                "the {} level is being rotated ({}); rotate this one after that",
                view::level(other),
                task.id
            );
            return Err(Fault::conflict("rotation_running", message));
        }
        Ok(None)
    }
}

/// Wallet keys that a new key-encryption key has to take over: all but those that live elsewhere.
fn behind(counts: &BTreeMap<(String, Option<u32>), u64>) -> u64 {
    let wrapped = counts
        .iter()
        .filter(|((provider, kek), _)| kek.is_some() || provider == "local");
    wrapped.map(|(_, keys)| *keys).sum()
}
