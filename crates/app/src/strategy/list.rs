//! Reads of strategies and their runs.

use vaultpilot_core::{Caller, Label, RunId, StrategyId, TenantId, Timestamp};
use vaultpilot_ports::control_plane::{ListQuery, Listed};
use vaultpilot_ports::store::{Page, RunFilter, StrategyFilter};
use vaultpilot_ports::strategy_plane::{RunView, StrategyView};
use vaultpilot_ports::{Fault, ReadTx};
use vaultpilot_strategy::{Run, RunState, Strategy};

use super::strategy_of;
use super::view;
use crate::App;
use crate::error::OrFault;
use crate::transaction::{listed, page};

impl App {
    pub(crate) async fn strategy_view(
        &self,
        tenant: TenantId,
        id: StrategyId,
    ) -> Result<StrategyView, Fault> {
        let mut tx = self.store.read(tenant).await.fault()?;
        let found = tx.strategy_fetch(id).await.fault()?;
        let strategy = found.ok_or_else(|| Fault::not_found("strategy", id))?;
        shown(tx.as_mut(), &strategy, self.now()).await
    }

    pub(crate) async fn strategy_read(
        &self,
        caller: &Caller,
        name: &Label,
    ) -> Result<StrategyView, Fault> {
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let found = tx.strategy_find(name).await.fault()?;
        let strategy = found.ok_or_else(|| Fault::not_found("strategy", name))?;
        shown(tx.as_mut(), &strategy, self.now()).await
    }

    pub(crate) async fn strategies_read(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Listed<StrategyView>, Fault> {
        let page = page(query)?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let filter = StrategyFilter::default();
        let mut views = Vec::new();
        for strategy in tx.strategy_list(&filter, page.clone()).await.fault()? {
            views.push(shown(tx.as_mut(), &strategy, self.now()).await?);
        }
        Ok(listed(views, &page, |view: &StrategyView| view.id.clone()))
    }

    /// Newest first.
    pub(crate) async fn runs_read(
        &self,
        caller: &Caller,
        name: &Label,
        query: &ListQuery,
    ) -> Result<Listed<RunView>, Fault> {
        let page = page(query)?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let found = tx.strategy_find(name).await.fault()?;
        let strategy = found.ok_or_else(|| Fault::not_found("strategy", name))?;
        let filter = RunFilter {
            strategy: Some(strategy.id),
            open_only: false,
        };
        let mut views = Vec::new();
        for run in tx.run_list(&filter, page.clone()).await.fault()? {
            views.push(run_shown(tx.as_mut(), &strategy, &run).await?);
        }
        Ok(listed(views, &page, |view: &RunView| view.id.clone()))
    }

    pub(super) async fn run_view(&self, tenant: TenantId, id: RunId) -> Result<RunView, Fault> {
        let mut tx = self.store.read(tenant).await.fault()?;
        let run = tx.run_fetch(id).await.fault()?;
        let run = run.ok_or_else(|| Fault::not_found("run", id))?;
        let strategy = strategy_of(tx.as_mut(), &run).await?;
        run_shown(tx.as_mut(), &strategy, &run).await
    }
}

async fn shown(
    tx: &mut dyn ReadTx,
    strategy: &Strategy,
    now: Timestamp,
) -> Result<StrategyView, Fault> {
    let wallet = tx.wallet_fetch(strategy.wallet).await.fault()?;
    let wallet = wallet.ok_or_else(|| Fault::not_found("wallet", strategy.wallet))?;
    let filter = |open_only| RunFilter {
        strategy: Some(strategy.id),
        open_only,
    };
    let open = tx.run_list(&filter(true), Page::first(1)).await.fault()?;
    let recent = tx.run_list(&filter(false), Page::first(50)).await.fault()?;
    let ended = recent
        .iter()
        .find(|run| matches!(run.state, RunState::Ended { .. }));
    let active = match open.first() {
        Some(run) => Some(run_shown(tx, strategy, run).await?),
        None => None,
    };
    let last = match ended {
        Some(run) => Some(run_shown(tx, strategy, run).await?),
        None => None,
    };
    view::strategy(strategy, &wallet, active, last, now).fault()
}

async fn run_shown(tx: &mut dyn ReadTx, strategy: &Strategy, run: &Run) -> Result<RunView, Fault> {
    let payment = match run.state.intent() {
        Some(id) => tx.intent_fetch(id).await.fault()?,
        None => None,
    };
    Ok(view::run(strategy, run, payment.as_ref()))
}
