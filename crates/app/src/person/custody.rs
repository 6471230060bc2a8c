//! Keys, as people handle them: how they are kept, and what is asked of the side that may unwrap
//! them. Nothing here unwraps: an import, an export and a rotation are tasks, done elsewhere. None
//! of it is a tool of agents.

pub(crate) mod export;
mod house;
pub(crate) mod import;
pub(crate) mod recipient;
mod rotate;
pub(crate) mod status;
mod task;
pub(crate) mod view;

use vaultpilot_audit::{Action, Actor, Draft, Outcome};
use vaultpilot_core::{Caller, KeyTaskId, clock};
use vaultpilot_ports::store::{KeyTask, KeyTaskState, KeyWork};
use vaultpilot_ports::{Fault, ReadTx};

use crate::App;
use crate::error::OrFault;

/// The most pieces of work of one tenant at a time.
const MAX_TASKS: usize = 8;

impl App {
    /// A task of this caller's, as it begins.
    fn task_of(&self, caller: &Caller, work: KeyWork, state: KeyTaskState) -> KeyTask {
        let now = self.now();
        KeyTask {
            id: KeyTaskId::new(self.clock.as_ref(), self.entropy.as_ref()),
            revision: 1,
            by: Actor::from(caller),
            work,
            state,
            created_at: now,
            updated_at: now,
        }
    }

    fn task_draft(&self, caller: &Caller, action: Action, task: &KeyTask) -> Draft {
        let mut draft = self
            .draft(caller, action, Outcome::Succeeded)
            .fact("task", task.id)
            .fact("kind", view::kind(&task.work));
        match &task.work {
            KeyWork::Import { keys, .. } => draft = draft.fact("keys", keys.len()),
            KeyWork::Export { wallet, export, .. } => {
                draft.wallet = Some(*wallet);
                draft = draft.fact("to", view::receiver(export));
            }
            KeyWork::Rotate { level } => draft = draft.fact("level", view::level(*level)),
        }
        draft
    }

    /// What is not over, of this tenant, without what it is: running, awaiting somebody, or with
    /// something to be fetched. Oldest first.
    async fn open_ids(&self, caller: &Caller) -> Result<Vec<KeyTaskId>, Fault> {
        // By then every request that awaits somebody is due.
        let last = clock::after(self.now(), export::ASKED_FOR);
        let open = self.store.key_task_open(last).await.fault()?;
        let mine = open
            .into_iter()
            .filter(|(tenant, _)| *tenant == caller.tenant);
        Ok(mine.map(|(_, id)| id).collect())
    }

    /// Whether the tenant may ask for more.
    async fn room_for_task(&self, caller: &Caller) -> Result<(), Fault> {
        if self.open_ids(caller).await?.len() < MAX_TASKS {
            return Ok(());
        }
        let message = format!(
            "{MAX_TASKS} pieces of work on keys are not over yet; wait for them, or fetch or reject \
             what awaits you"
        );
        Err(Fault::conflict("too_many_tasks", message))
    }

    /// The tenant's tasks that the signing side has work on, oldest first.
    async fn open_tasks(&self, caller: &Caller) -> Result<Vec<KeyTask>, Fault> {
        let open = self.store.key_task_open(self.now()).await.fault()?;
        let mine = open
            .into_iter()
            .filter(|(tenant, _)| *tenant == caller.tenant);
        let mut view = self.store.read(caller.tenant).await.fault()?;
        let mut tasks = Vec::new();
        for (_, id) in mine {
            tasks.extend(view.key_task_fetch(id).await.fault()?);
        }
        Ok(tasks)
    }
}

async fn fetch(tx: &mut dyn ReadTx, id: KeyTaskId) -> Result<KeyTask, Fault> {
    let found = tx.key_task_fetch(id).await.fault()?;
    found.ok_or_else(|| Fault::not_found("key task", id))
}
