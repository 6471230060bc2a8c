//! Ticks that came between the backup and now may have been paid: none of them is made up for.

use vaultpilot_core::WalletId;
use vaultpilot_ports::store::{Page, RunFilter, StrategyFilter};
use vaultpilot_ports::{Fault, Tx};
use vaultpilot_strategy::{End, Event, RunState, State};

use crate::App;
use crate::error::OrFault;
use crate::strategy::advance;

impl App {
    /// Strategies of this wallet go on with the first tick after now; runs that asked for nothing
    /// are over.
    pub(super) async fn restored_strategies(
        &self,
        tx: &mut dyn Tx,
        wallet: WalletId,
    ) -> Result<(), Fault> {
        let now = self.now();
        let filter = StrategyFilter {
            wallet: Some(wallet),
            with_detached: false,
        };
        let mut page = Page::first(Page::MAX);
        loop {
            let strategies = tx.strategy_list(&filter, page.clone()).await.fault()?;
            let Some(last) = strategies.last() else {
                return Ok(());
            };
            page.after = Some(last.id.to_string());
            for strategy in strategies {
                let runs = RunFilter {
                    strategy: Some(strategy.id),
                    open_only: true,
                };
                let runs = tx.run_list(&runs, Page::first(Page::MAX)).await.fault()?;
                for run in runs {
                    if !matches!(run.state, RunState::Paying { .. }) {
                        let end = End::Cancelled { intent: None };
                        self.run_close(tx, run, None, end).await?;
                    }
                }
                let stored = tx.strategy_fetch(strategy.id).await.fault()?;
                let Some(stored) = stored.filter(|it| matches!(it.state, State::Active { .. }))
                else {
                    continue;
                };
                let reason = "restored from a backup".to_owned();
                let event = Event::Suspended { reason };
                let (resting, _) = advance(tx, stored, event, now).await?;
                advance(tx, resting, Event::Resumed, now).await?;
            }
        }
    }
}
