//! Tasks on keys, looked at and waited for.

use vaultpilot_core::{Caller, Duration, KeyTaskId, Permission};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{ListQuery, Listed};

use super::super::allowed;
use super::fetch;
use super::view::{self, KeyTaskView};
use crate::App;
use crate::error::OrFault;
use crate::transaction::{MAX_WAIT_S, listed, page};

/// How often a task that is waited for is looked at: it is worked on in another process.
const LOOK: Duration = Duration::from_millis(250);
/// The most tasks of one answer: one may hold hundreds of sealed keys.
const PAGE: u32 = 20;

impl App {
    /// # Errors
    /// `Forbidden` for who may neither ask nor agree; `NotFound` when there is none.
    pub async fn custody_task(&self, caller: &Caller, id: KeyTaskId) -> Result<KeyTaskView, Fault> {
        allowed(caller, Permission::CustodyApprove)?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        Ok(view::task(&fetch(tx.as_mut(), id).await?))
    }

    /// The task once it is over or awaits somebody, or as it is when the time is up.
    ///
    /// # Errors
    /// As `custody_task`; `Invalid` for a wait that is too long.
    pub async fn custody_task_wait(
        &self,
        caller: &Caller,
        id: KeyTaskId,
        seconds: u64,
    ) -> Result<KeyTaskView, Fault> {
        if seconds > MAX_WAIT_S {
            let message = format!("wait_s is above {MAX_WAIT_S}; call again to wait longer");
            return Err(Fault::invalid("timeout_too_long", "wait_s", message));
        }
        let first = self.custody_task(caller, id).await?;
        let wait = async {
            let mut seen = first.clone();
            while seen.state == "running" {
                tokio::time::sleep(LOOK).await;
                seen = self.custody_task(caller, id).await?;
            }
            Ok(seen)
        };
        match tokio::time::timeout(Duration::from_secs(seconds), wait).await {
            Ok(answer) => answer,
            Err(_) => self.custody_task(caller, id).await,
        }
    }

    /// Tasks, newest first.
    ///
    /// # Errors
    /// `Forbidden` for who may neither ask nor agree.
    pub async fn custody_tasks(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Listed<KeyTaskView>, Fault> {
        allowed(caller, Permission::CustodyApprove)?;
        let mut page = page(query)?;
        page.limit = page.limit.min(PAGE);
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let tasks = tx.key_task_list(page.clone()).await.fault()?;
        let views = tasks.iter().map(view::task).collect();
        Ok(listed(views, &page, |view: &KeyTaskView| view.id.clone()))
    }
}
