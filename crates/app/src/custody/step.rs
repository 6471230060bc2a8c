//! One task, step by step, until it is over or waits.

use vaultpilot_core::{KeyTaskId, TenantId, clock};
use vaultpilot_ports::store::{KeyTask, KeyTaskState, KeyWork};
use vaultpilot_ports::{KeyError, StoreError};

use super::{Custody, Halt};
use crate::person::custody::export::BUNDLE_KEPT;

/// What a step left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    Nothing,
    More,
}

impl Custody {
    pub(super) async fn work(&self, tenant: TenantId, id: KeyTaskId) -> Result<(), StoreError> {
        loop {
            let mut view = self.parts.store.read(tenant).await?;
            let task = view.key_task_fetch(id).await?;
            drop(view);
            let Some(task) = task else {
                return Ok(());
            };
            match self.step(tenant, &task).await {
                Ok(left) => {
                    self.works(&task).await;
                    if left == Left::Nothing || self.stop.is_cancelled() {
                        return Ok(());
                    }
                }
                // Next time: whoever was first is at it.
                Err(Halt::Again | Halt::Store(StoreError::Conflict { .. })) => return Ok(()),
                Err(Halt::Wait(error)) => return self.wait(tenant, &task, &error).await,
                Err(Halt::Fail { code, detail }) => {
                    return self.fail(tenant, &task, code, detail).await;
                }
                Err(Halt::Store(error)) => return Err(error),
            }
        }
    }

    async fn step(&self, tenant: TenantId, task: &KeyTask) -> Result<Left, Halt> {
        let now = self.now();
        match (&task.state, &task.work) {
            (KeyTaskState::AwaitingApproval { expires_at }, _) if *expires_at <= now => {
                self.expire(tenant, task).await
            }
            (
                KeyTaskState::Succeeded {
                    bundle: Some(_), ..
                },
                _,
            ) if clock::after(task.updated_at, BUNDLE_KEPT) <= now => {
                self.forget(tenant, task).await
            }
            (KeyTaskState::Running { .. }, KeyWork::Import { keys, policy }) => {
                self.import(tenant, task, keys, *policy).await
            }
            (
                KeyTaskState::Running { approved_by, .. },
                KeyWork::Export {
                    wallet,
                    export,
                    voucher,
                },
            ) => {
                let approved_by = approved_by.as_ref();
                self.wanted(tenant, task, *voucher, approved_by)?;
                self.export(tenant, task, *wallet, export, approved_by)
                    .await
            }
            (KeyTaskState::Running { done, .. }, KeyWork::Rotate { level }) => {
                self.rotate(tenant, task, *level, *done).await
            }
            _ => Ok(Left::Nothing),
        }
    }

    /// A provider in trouble is waited for; why is written down once, and told.
    async fn wait(
        &self,
        tenant: TenantId,
        task: &KeyTask,
        error: &KeyError,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let tell = self.patience.lock().is_ok_and(|mut patience| {
            let patience = patience.entry(task.id).or_default();
            patience.failed(error, now)
        });
        if tell {
            self.alert(format!(
                "work on keys ({}) waits: {error} ({}); it goes on by itself once it passes",
                task.id,
                error.code()
            ))
            .await;
        }
        let why = Some(format!("{}: {error}", error.code()));
        let mut next = self.next(task);
        let KeyTaskState::Running { last_error, .. } = &mut next.state else {
            return Ok(());
        };
        if *last_error == why {
            return Ok(());
        }
        *last_error = why;
        let mut unit = self.parts.store.begin(tenant).await?;
        match unit.key_task_update(task.revision, &next).await {
            // Somebody else got further.
            Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
            Ok(()) => unit.commit().await,
        }
    }

    /// A step was made, so whatever was waited for has passed.
    async fn works(&self, task: &KeyTask) {
        let known = self
            .patience
            .lock()
            .ok()
            .and_then(|mut patience| patience.remove(&task.id));
        if known.is_some_and(|mut patience| patience.passed()) {
            self.alert(format!("work on keys ({}) goes on", task.id))
                .await;
        }
    }
}
