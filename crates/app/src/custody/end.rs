//! How tasks end, and what is forgotten then: an import its sealed keys, an export its password and,
//! fetched or not, its bundle.

use alloy_primitives::{Address, hex};
use sha2::{Digest as _, Sha256};
use vaultpilot_audit::{Action, Actor, Draft, Outcome};
use vaultpilot_core::{TenantId, WalletId};
use vaultpilot_ports::keys::{Export, SealedKey};
use vaultpilot_ports::store::{KeyImport, KeyTask, KeyTaskState, KeyWork};
use vaultpilot_ports::{StoreError, Tx};

use super::step::Left;
use super::{Custody, Halt};
use crate::failpoint::failpoint;
use crate::person::custody::view::kind;

/// What a sealed key is remembered by once it is forgotten.
fn remembered(sealed: &SealedKey) -> SealedKey {
    SealedKey(format!(
        "sha256:{}",
        hex::encode(Sha256::digest(sealed.0.as_bytes()))
    ))
}

/// The work without what only doing it needs.
pub(crate) fn forgotten(work: &KeyWork) -> KeyWork {
    match work {
        KeyWork::Import { keys, policy } => {
            let forget = |key: &KeyImport| KeyImport {
                sealed: remembered(&key.sealed),
                ..key.clone()
            };
            KeyWork::Import {
                keys: keys.iter().map(forget).collect(),
                policy: *policy,
            }
        }
        KeyWork::Export {
            wallet,
            export: Export::Keystore { kek, .. },
            voucher,
        } => KeyWork::Export {
            wallet: *wallet,
            export: Export::Keystore {
                password: String::new(),
                kek: *kek,
            },
            voucher: *voucher,
        },
        other => other.clone(),
    }
}

impl Custody {
    /// Ends the task well, in this unit of work.
    pub(super) async fn succeed(
        &self,
        mut unit: Box<dyn Tx>,
        task: &KeyTask,
        (done, bundle, addresses): (u64, Option<String>, Vec<(WalletId, Address)>),
        mut drafts: Vec<Draft>,
    ) -> Result<Left, Halt> {
        let next = KeyTask {
            work: forgotten(&task.work),
            state: KeyTaskState::Succeeded {
                done,
                bundle,
                addresses,
            },
            ..self.next(task)
        };
        drafts.push(self.ended(task, &task.by, Outcome::Succeeded));
        unit.key_task_update(task.revision, &next).await?;
        unit.audit_append(drafts).await?;
        failpoint!("custody_before_end");
        unit.commit().await?;
        failpoint!("custody_after_end");
        Ok(Left::Nothing)
    }

    pub(super) async fn fail(
        &self,
        tenant: TenantId,
        task: &KeyTask,
        code: &'static str,
        detail: String,
    ) -> Result<(), StoreError> {
        let draft = self
            .ended(task, &task.by, Outcome::Failed)
            .fact("reason", code);
        let message = format!(
            "{} of keys failed ({}): {detail}",
            kind(&task.work),
            task.id
        );
        let next = KeyTask {
            work: forgotten(&task.work),
            state: KeyTaskState::Failed {
                code: code.to_owned(),
                detail,
            },
            ..self.next(task)
        };
        match self.replaced(tenant, task, &next, draft).await {
            Err(StoreError::Conflict { .. }) => return Ok(()),
            other => other?,
        }
        self.alert(message).await;
        Ok(())
    }

    /// Nobody agreed in time.
    pub(super) async fn expire(&self, tenant: TenantId, task: &KeyTask) -> Result<Left, Halt> {
        let draft = self
            .ended(task, &Actor::System, Outcome::Denied)
            .fact("reason", "expired");
        let next = KeyTask {
            work: forgotten(&task.work),
            state: KeyTaskState::Expired,
            ..self.next(task)
        };
        self.replaced(tenant, task, &next, draft).await?;
        Ok(Left::Nothing)
    }

    /// Nobody fetched the bundle in time.
    pub(super) async fn forget(&self, tenant: TenantId, task: &KeyTask) -> Result<Left, Halt> {
        let mut next = self.next(task);
        if let KeyTaskState::Succeeded { bundle, .. } = &mut next.state {
            *bundle = None;
        }
        let draft = self
            .ended(task, &Actor::System, Outcome::Succeeded)
            .fact("bundle", "forgotten");
        self.replaced(tenant, task, &next, draft).await?;
        Ok(Left::Nothing)
    }

    async fn replaced(
        &self,
        tenant: TenantId,
        task: &KeyTask,
        next: &KeyTask,
        draft: Draft,
    ) -> Result<(), StoreError> {
        let mut unit = self.parts.store.begin(tenant).await?;
        unit.key_task_update(task.revision, next).await?;
        unit.audit_append(vec![draft]).await?;
        unit.commit().await
    }

    fn ended(&self, task: &KeyTask, actor: &Actor, outcome: Outcome) -> Draft {
        let draft = self
            .draft(actor, Action::KeyTaskEnded, outcome)
            .fact("task", task.id)
            .fact("kind", kind(&task.work));
        match &task.work {
            KeyWork::Export { wallet, .. } => Draft {
                wallet: Some(*wallet),
                ..draft
            },
            _ => draft,
        }
    }
}
