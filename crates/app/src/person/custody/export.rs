//! A wallet's key, asked for by one person and, in the hosted edition, let pass by another. It leaves
//! sealed to whom it is for, once.

use alloy_primitives::B256;
use vaultpilot_audit::{Action, Actor};
use vaultpilot_core::{Caller, Duration, KeyTaskId, Permission, WalletId, clock};
use vaultpilot_ports::control_plane::WalletRef;
use vaultpilot_ports::keys::Export;
use vaultpilot_ports::store::{KeyTask, KeyTaskState, KeyWork};
use vaultpilot_ports::{Fault, ReadTx, StoreError, Tx};

use super::super::allowed;
use super::super::key::are_two_people;
use super::import::MAX_SEALED;
use super::view::{self, KeyTaskView};
use super::{fetch, recipient};
use crate::custody::{forgotten, leave};
use crate::error::{IntoFault, OrFault};
use crate::{App, Exports};

/// How long somebody else may agree.
pub(super) const ASKED_FOR: Duration = Duration::from_hours(24);
/// How long an exported key waits to be fetched.
pub(crate) const BUNDLE_KEPT: Duration = Duration::from_mins(15);

impl App {
    /// Asks for a wallet's key.
    ///
    /// # Errors
    /// `Conflict` where keys are not exported; `Invalid` for a receiver that is none.
    pub async fn custody_export(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
        export: &Export,
    ) -> Result<KeyTaskView, Fault> {
        allowed(caller, Permission::CustodyExport)?;
        self.exports_on()?;
        check(export)?;
        let wallet = self.wallet(caller.tenant, wallet).await?;
        self.room_for_task(caller).await?;
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        may_leave(tx.as_mut(), wallet.id).await?;
        let key = tx.wallet_key_fetch(wallet.id).await.fault()?;
        let key = key.ok_or_else(|| Fault::not_found("key of wallet", &wallet.label))?;
        if key.is_external() {
            let message = format!(
                "the key of wallet {} lives at {} and never leaves it",
                wallet.label, key.provider
            );
            return Err(Fault::conflict("key_not_exportable", message));
        }
        let state = match self.exports {
            Exports::ByTwo => KeyTaskState::AwaitingApproval {
                expires_at: clock::after(self.now(), ASKED_FOR),
            },
            Exports::Off | Exports::ByOwner => running(None),
        };
        let work = KeyWork::Export {
            wallet: wallet.id,
            export: named(tx.as_mut(), export).await?,
            voucher: None,
        };
        let task = self.task_of(caller, work, state);
        let voucher = self.voucher(caller, &task, None);
        let task = vouched(task, voucher);
        tx.key_task_insert(&task).await.fault()?;
        let draft = self.task_draft(caller, Action::KeyTaskBegun, &task);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.tasked();
        Ok(view::task(&task))
    }

    /// Lets somebody else's request pass.
    ///
    /// # Errors
    /// `Forbidden` for who may not; `Conflict` for who asked, and when it is decided or over.
    pub async fn custody_approve(
        &self,
        caller: &Caller,
        id: KeyTaskId,
    ) -> Result<KeyTaskView, Fault> {
        allowed(caller, Permission::CustodyApprove)?;
        let state = running(Some(Actor::from(caller)));
        self.task_decided(caller, id, state, Action::KeyTaskApproved)
            .await
    }

    /// Ends somebody's request.
    ///
    /// # Errors
    /// `Forbidden` for who may not; `Conflict` when it is decided or over.
    pub async fn custody_reject(
        &self,
        caller: &Caller,
        id: KeyTaskId,
    ) -> Result<KeyTaskView, Fault> {
        allowed(caller, Permission::CustodyApprove)?;
        let state = KeyTaskState::Rejected {
            by: Actor::from(caller),
        };
        self.task_decided(caller, id, state, Action::KeyTaskRejected)
            .await
    }

    async fn task_decided(
        &self,
        caller: &Caller,
        id: KeyTaskId,
        state: KeyTaskState,
        action: Action,
    ) -> Result<KeyTaskView, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let task = fetch(tx.as_mut(), id).await?;
        let expires_at = match &task.state {
            KeyTaskState::AwaitingApproval { expires_at } => *expires_at,
            state => return Err(over(&task, state.name())),
        };
        if expires_at <= self.now() {
            return Err(over(&task, "expired"));
        }
        // Whoever asked may take it back, and nothing else.
        if action == Action::KeyTaskApproved && !is_second(tx.as_mut(), &task, caller).await? {
            let message = "nobody lets their own request pass, whichever key they come with: not with \
                           another of their name, one they made, or one younger than the request";
            return Err(Fault::conflict("requester_approves", message));
        }
        let next = match &state {
            KeyTaskState::Running { approved_by, .. } => {
                self.exports_on()?;
                let (wallet, asked) = export_of(&task)?;
                may_leave(tx.as_mut(), wallet).await?;
                let ours = self.voucher(caller, &task, None);
                if asked.is_none() || asked != ours {
                    let message = format!("{id} is not what was asked for; reject it");
                    return Err(Fault::conflict("key_task_forged", message));
                }
                let voucher = self.voucher(caller, &task, approved_by.as_ref());
                vouched(self.next(&task), voucher)
            }
            _ => KeyTask {
                work: forgotten(&task.work),
                ..self.next(&task)
            },
        };
        let next = KeyTask { state, ..next };
        self.replace(tx, &task, &next, self.task_draft(caller, action, &task))
            .await?;
        Ok(view::task(&next))
    }

    /// The exported key, once: it is forgotten with this answer.
    ///
    /// # Errors
    /// `Forbidden` for everybody but who asked; `Conflict` when there is none, or none any more.
    pub async fn custody_bundle(&self, caller: &Caller, id: KeyTaskId) -> Result<String, Fault> {
        allowed(caller, Permission::CustodyExport)?;
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let task = fetch(tx.as_mut(), id).await?;
        if task.by != Actor::from(caller) {
            return Err(Fault::Forbidden);
        }
        let KeyTaskState::Succeeded {
            done,
            bundle: Some(bundle),
            addresses,
        } = &task.state
        else {
            let message = format!("{} has nothing to fetch: it is {}", id, task.state.name());
            return Err(Fault::conflict("no_bundle", message));
        };
        self.exports_on()?;
        may_leave(tx.as_mut(), export_of(&task)?.0).await?;
        if clock::after(task.updated_at, BUNDLE_KEPT) <= self.now() {
            let message = format!("{id} was not fetched in time; ask for the key again");
            return Err(Fault::conflict("no_bundle", message));
        }
        let next = KeyTask {
            state: KeyTaskState::Succeeded {
                done: *done,
                bundle: None,
                addresses: addresses.clone(),
            },
            ..self.next(&task)
        };
        let draft = self.task_draft(caller, Action::WalletExported, &task);
        self.replace(tx, &task, &next, draft.fact("step", "fetched"))
            .await?;
        Ok(bundle.clone())
    }

    fn exports_on(&self) -> Result<(), Fault> {
        if self.exports != Exports::Off {
            return Ok(());
        }
        let message = "wallet keys are not exported here; whoever runs the house can allow it \
                       (keys.export)";
        Err(Fault::conflict("export_off", message))
    }

    /// That this house wants it so.
    fn voucher(
        &self,
        caller: &Caller,
        task: &KeyTask,
        approved_by: Option<&Actor>,
    ) -> Option<B256> {
        let text = leave::text(caller.tenant, task, approved_by)?;
        Some(self.wrapper.vouch(caller.tenant, &text).into())
    }

    fn next(&self, task: &KeyTask) -> KeyTask {
        KeyTask {
            revision: task.revision.saturating_add(1),
            updated_at: self.now(),
            ..task.clone()
        }
    }

    async fn replace(
        &self,
        mut tx: Box<dyn vaultpilot_ports::Tx>,
        task: &KeyTask,
        next: &KeyTask,
        draft: vaultpilot_audit::Draft,
    ) -> Result<(), Fault> {
        match tx.key_task_update(task.revision, next).await {
            Err(StoreError::Conflict { .. }) => {
                let message = format!("{} was changed meanwhile; look at it again", task.id);
                return Err(Fault::conflict("task_changed", message));
            }
            Err(other) => return Err(other.into_fault()),
            Ok(()) => {}
        }
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.tasked();
        Ok(())
    }
}

/// The task with this in it.
fn vouched(mut task: KeyTask, by: Option<B256>) -> KeyTask {
    if let KeyWork::Export { voucher, .. } = &mut task.work {
        *voucher = by;
    }
    task
}

/// The wallet of an export, and what vouches for it.
fn export_of(task: &KeyTask) -> Result<(WalletId, Option<B256>), Fault> {
    match &task.work {
        KeyWork::Export {
            wallet, voucher, ..
        } => Ok((*wallet, *voucher)),
        KeyWork::Import { .. } | KeyWork::Rotate { .. } => {
            let message = format!("{} is no export", task.id);
            Err(Fault::conflict("task_no_export", message))
        }
    }
}

/// The export, with the key-encryption key that its password is sealed for: the one in force, unless
/// the caller says another.
async fn named(tx: &mut dyn ReadTx, export: &Export) -> Result<Export, Fault> {
    let Export::Keystore { password, kek } = export else {
        return Ok(export.clone());
    };
    let found = match kek {
        0 => tx.kek_current().await.fault()?,
        version => tx.kek_fetch(*version).await.fault()?,
    };
    let found = found.ok_or_else(|| {
        let message = "a password sealed for that version of the tenant's key-encryption key cannot \
                       be opened any more; ask for the import recipient again, and seal it to that";
        Fault::conflict("import_recipient_outdated", message)
    })?;
    Ok(Export::Keystore {
        password: password.clone(),
        kek: found.version,
    })
}

async fn may_leave(tx: &mut dyn ReadTx, wallet: WalletId) -> Result<(), Fault> {
    match leave::stays(tx, wallet).await.fault()? {
        Some(leave::Stays { code, why }) => Err(Fault::conflict(code, why)),
        None => Ok(()),
    }
}

const fn running(approved_by: Option<Actor>) -> KeyTaskState {
    KeyTaskState::Running {
        approved_by,
        done: 0,
        total: 1,
        last_error: None,
    }
}

fn check(export: &Export) -> Result<(), Fault> {
    match export {
        Export::Age { recipient: to } if !recipient::is_one(to) => Err(Fault::invalid(
            "recipient_malformed",
            "to.recipient",
            "a recipient is an age public key, age1…",
        )),
        Export::Keystore { password, .. } if password.len() > MAX_SEALED => Err(Fault::invalid(
            "sealed_too_large",
            "to.password",
            format!("a sealed password has at most {MAX_SEALED} bytes"),
        )),
        Export::Age { .. } | Export::Keystore { .. } => Ok(()),
    }
}

/// Whether somebody else than who asked stands behind the caller.
async fn is_second(tx: &mut dyn Tx, task: &KeyTask, caller: &Caller) -> Result<bool, Fault> {
    match (&task.by, caller.key()) {
        (Actor::Person { key, .. }, Some(second))
            if leave::are_two(&task.by, Some(&Actor::from(caller))) =>
        {
            are_two_people(tx, *key, second, task.created_at).await
        }
        _ => Ok(false),
    }
}

fn over(task: &KeyTask, state: &str) -> Fault {
    let message = format!("{} waits for nobody: it is {state}", task.id);
    Fault::conflict("task_over", message)
}
