//! Reads of approvals and events.

use vaultpilot_core::{ApprovalId, Caller, Tool};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{ApprovalQuery, ApprovalView, EventQuery, EventView, Listed};
use vaultpilot_ports::store::EventFilter;

use crate::admit::Subject;
use crate::error::OrFault;
use crate::transaction::{listed, page};
use crate::{App, view};

impl App {
    pub(crate) async fn approval_read(
        &self,
        caller: &Caller,
        id: ApprovalId,
    ) -> Result<ApprovalView, Fault> {
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let found = tx.approval_fetch(id).await.fault()?;
        found
            .as_ref()
            .map(view::approval)
            .ok_or_else(|| Fault::not_found("approval", id))
    }

    pub(crate) async fn approvals_read(
        &self,
        caller: &Caller,
        query: &ApprovalQuery,
    ) -> Result<Listed<ApprovalView>, Fault> {
        let page = page(&query.page)?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let approvals = tx
            .approval_list(query.waiting_only, page.clone())
            .await
            .fault()?;
        let views = approvals.iter().map(view::approval).collect();
        Ok(listed(views, &page, |view: &ApprovalView| view.id.clone()))
    }

    pub(crate) async fn events_read(
        &self,
        caller: &Caller,
        query: &EventQuery,
        tool: Option<Tool>,
    ) -> Result<Listed<EventView>, Fault> {
        let subject = Subject::of(query.wallet.as_ref());
        let wallet = match (tool, &query.wallet) {
            (Some(tool), _) => self.enter(caller, tool, subject).await?,
            (None, Some(wallet)) => Some(self.wallet(caller.tenant, wallet).await?),
            (None, None) => None,
        };
        let page = page(&query.page)?;
        let filter = EventFilter {
            wallet: wallet.map(|wallet| wallet.id),
            intent: None,
            denied_only: query.denied_only,
        };
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let entries = tx.audit_search(&filter, page.clone()).await.fault()?;
        let views = entries.into_iter().map(view::event).collect();
        Ok(listed(views, &page, |view: &EventView| view.id.clone()))
    }
}
