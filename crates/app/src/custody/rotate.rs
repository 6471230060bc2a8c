//! Rotation, a transaction at a time. Old and new stay valid until the last row moved; then the old
//! ones are deleted. No private key is opened.

use vaultpilot_audit::{Action, Draft, Outcome};
use vaultpilot_core::{TenantId, WalletId};
use vaultpilot_ports::keys::{KekContext, KeyContext, TenantKek, WrappedKey};
use vaultpilot_ports::store::{KeyLevel, KeyTask, KeyTaskState, KeyWork};
use vaultpilot_ports::{KeyError, ReadTx, StoreError};

use super::step::Left;
use super::{Custody, Halt};
use crate::failpoint::failpoint;

/// So many wallet keys move in one transaction.
const PAGE: u32 = 50;
/// So many keys that stayed behind are named.
const NAMED: usize = 10;

impl Custody {
    pub(super) async fn rotate(
        &self,
        tenant: TenantId,
        task: &KeyTask,
        level: KeyLevel,
        done: u64,
    ) -> Result<Left, Halt> {
        match level {
            KeyLevel::Root => self.rotate_root(tenant, task, done).await,
            KeyLevel::Tenant => self.rotate_tenant(tenant, task, done).await,
        }
    }

    /// The next key-encryption key that its root's newest version does not wrap yet.
    async fn rotate_root(&self, tenant: TenantId, task: &KeyTask, done: u64) -> Result<Left, Halt> {
        let mut view = self.parts.store.read(tenant).await?;
        let keks = view.kek_list().await?;
        drop(view);
        for kek in &keks {
            let context = KekContext {
                tenant,
                version: kek.version,
            };
            let about = format!("key-encryption key {}", kek.version);
            let rewrapped = self.parts.custodian.rewrap_kek(context, kek).await;
            let Some(next) = rewrapped.map_err(|error| Halt::of(error, &about))? else {
                continue;
            };
            failpoint!("custody_kek_rewrapped");
            let mut unit = self.parts.store.begin(tenant).await?;
            unit.kek_insert(&next).await?;
            let draft = self
                .draft(&task.by, Action::KekRewrapped, Outcome::Succeeded)
                .fact("kek", next.version)
                .fact("generation", next.generation)
                .fact("root", &next.root)
                .fact("task", task.id);
            let moved = self.moved(task, done.saturating_add(1));
            unit.key_task_update(task.revision, &moved).await?;
            unit.audit_append(vec![draft]).await?;
            failpoint!("custody_before_commit");
            unit.commit().await?;
            failpoint!("custody_after_commit");
            return Ok(Left::More);
        }
        let total = u64::try_from(keks.len()).unwrap_or(u64::MAX);
        self.finish(tenant, task, total.max(done)).await
    }

    /// The next wallet keys that are not under the newest key-encryption key. One that does not open
    /// is passed over: the others need not wait for it.
    async fn rotate_tenant(
        &self,
        tenant: TenantId,
        task: &KeyTask,
        done: u64,
    ) -> Result<Left, Halt> {
        let mut behind = Vec::new();
        let mut after = None;
        loop {
            let mut view = self.parts.store.read(tenant).await?;
            let newest = view.kek_current().await?;
            let newest =
                newest.ok_or_else(|| Halt::of(KeyError::KekMissing { version: 1 }, "rotation"))?;
            let page = view
                .wallet_key_list_behind(newest.version, after, PAGE)
                .await?;
            let Some((last, _)) = page.last() else {
                drop(view);
                return self.all_seen(tenant, task, done, behind).await;
            };
            after = Some(*last);
            let mut keks = Vec::with_capacity(page.len());
            for (_, key) in &page {
                keks.push(kek_of(view.as_mut(), key).await?);
            }
            drop(view);
            let mut moved = Vec::with_capacity(page.len());
            for ((wallet, key), from) in page.iter().zip(keks) {
                let rewrapped = match from {
                    Ok(from) => {
                        self.rewrapped(tenant, (*wallet, key), from.as_ref(), &newest)
                            .await
                    }
                    Err(error) => Err(error),
                };
                match rewrapped {
                    Ok(key) => moved.push((*wallet, key)),
                    Err(error) if error.is_passing() => return Err(Halt::Wait(error)),
                    Err(error) => behind.push((*wallet, error)),
                }
            }
            if !moved.is_empty() {
                return self.move_on(tenant, task, done, &moved).await;
            }
        }
    }

    /// Writes these down, together.
    async fn move_on(
        &self,
        tenant: TenantId,
        task: &KeyTask,
        done: u64,
        moved: &[(WalletId, WrappedKey)],
    ) -> Result<Left, Halt> {
        failpoint!("custody_keys_rewrapped");
        let mut unit = self.parts.store.begin(tenant).await?;
        let mut drafts = Vec::with_capacity(moved.len());
        for (wallet, key) in moved {
            unit.wallet_key_rewrap(*wallet, key).await?;
            drafts.push(self.rewrapped_draft(task, *wallet, key));
        }
        let count = u64::try_from(moved.len()).unwrap_or(u64::MAX);
        let next = self.moved(task, done.saturating_add(count));
        unit.key_task_update(task.revision, &next).await?;
        unit.audit_append(drafts).await?;
        failpoint!("custody_before_commit");
        unit.commit().await?;
        failpoint!("custody_after_commit");
        Ok(Left::More)
    }

    async fn rewrapped(
        &self,
        tenant: TenantId,
        (wallet, key): (WalletId, &WrappedKey),
        from: Option<&TenantKek>,
        to: &TenantKek,
    ) -> Result<WrappedKey, KeyError> {
        let context = KeyContext {
            tenant,
            wallet,
            version: key.version,
        };
        self.parts.custodian.rewrap(context, key, from, to).await
    }

    /// Nothing is left that moves: the end, unless keys stayed behind.
    async fn all_seen(
        &self,
        tenant: TenantId,
        task: &KeyTask,
        done: u64,
        behind: Vec<(WalletId, KeyError)>,
    ) -> Result<Left, Halt> {
        if behind.is_empty() {
            return self.finish(tenant, task, done).await;
        }
        // It may be the new one that no key can come under.
        self.opened(tenant, KeyLevel::Tenant).await?;
        let mut view = self.parts.store.read(tenant).await?;
        let mut named = Vec::new();
        for (wallet, error) in behind.iter().take(NAMED) {
            let label = view.wallet_fetch(*wallet).await?.map(|found| found.label);
            let label = label.map_or_else(|| wallet.to_string(), |label| label.to_string());
            named.push(format!("{label} ({})", error.code()));
        }
        let stayed = behind.len();
        if stayed > NAMED {
            named.push("and others".to_owned());
        }
        Err(Halt::Fail {
            code: "keys_left_behind",
            detail: format!(
                "{done} keys moved, {stayed} stayed under an earlier key and nothing was deleted: {}",
                named.join(", ")
            ),
        })
    }

    /// The key-encryption keys that are left once the earlier ones are deleted, each just opened by
    /// its root: nothing is deleted for one that does not open.
    async fn opened(&self, tenant: TenantId, level: KeyLevel) -> Result<Vec<TenantKek>, Halt> {
        let mut view = self.parts.store.read(tenant).await?;
        let mut keks = view.kek_list().await?;
        drop(view);
        if level == KeyLevel::Tenant {
            keks = keks.pop().into_iter().collect();
        }
        for kek in &keks {
            let about = format!("key-encryption key {}", kek.version);
            let opens = self.parts.custodian.opens(tenant, kek).await;
            opens.map_err(|error| Halt::of(error, &about))?;
        }
        Ok(keks)
    }

    /// Everything moved: what was before is deleted, and the task ends.
    async fn finish(&self, tenant: TenantId, task: &KeyTask, done: u64) -> Result<Left, Halt> {
        let level = match &task.work {
            KeyWork::Rotate { level } => *level,
            KeyWork::Import { .. } | KeyWork::Export { .. } => return Err(Halt::Again),
        };
        let opened = self.opened(tenant, level).await?;
        failpoint!("custody_keks_opened");
        let mut unit = self.parts.store.begin(tenant).await?;
        let mut keks = unit.kek_list().await?;
        if level == KeyLevel::Tenant {
            keks = keks.pop().into_iter().collect();
        }
        if keks != opened {
            return Err(Halt::Again);
        }
        let deleted = unit.wallet_key_purge().await?;
        let keks = unit.kek_purge().await?;
        let mut draft = self
            .draft(&task.by, Action::KekRotated, Outcome::Succeeded)
            .fact("task", task.id)
            .fact("moved", done)
            .fact("deleted_keys", deleted)
            .fact("deleted_keks", keks);
        if let Some(kek) = unit.kek_current().await? {
            draft = draft
                .fact("kek", kek.version)
                .fact("generation", kek.generation);
        }
        self.succeed(unit, task, (done, None, Vec::new()), vec![draft])
            .await
    }

    /// The task, so much further.
    fn moved(&self, task: &KeyTask, now: u64) -> KeyTask {
        let mut next = self.next(task);
        if let KeyTaskState::Running {
            done,
            total,
            last_error,
            ..
        } = &mut next.state
        {
            *done = now;
            *total = now.max(*total);
            *last_error = None;
        }
        next
    }

    fn rewrapped_draft(&self, task: &KeyTask, wallet: WalletId, key: &WrappedKey) -> Draft {
        let mut draft = self.draft(&task.by, Action::WalletKeyRewrapped, Outcome::Succeeded);
        draft.wallet = Some(wallet);
        draft
            .fact("kek", key.kek.unwrap_or_default())
            .fact("generation", key.generation)
            .fact("task", task.id)
    }
}

/// The key-encryption key that a wallet's key is under, if that is there.
async fn kek_of(
    view: &mut dyn ReadTx,
    key: &WrappedKey,
) -> Result<Result<Option<TenantKek>, KeyError>, StoreError> {
    let Some(version) = key.kek else {
        return Ok(Ok(None));
    };
    let kek = view.kek_fetch(version).await?;
    Ok(kek.map(Some).ok_or(KeyError::KekMissing { version }))
}
