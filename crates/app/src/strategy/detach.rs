//! A strategy is let go: its schedule stops, what is not signed is withdrawn, what is signed is
//! waited for, and its history stays.

use vaultpilot_audit::Action;
use vaultpilot_core::{Caller, Label, Managed, RequestId, StrategyId};
use vaultpilot_intent::Intent;
use vaultpilot_ports::resource_plane::Release;
use vaultpilot_ports::{Fault, Tx};
use vaultpilot_strategy::{Command, End, Event, Run, State, Strategy};

use super::{advance, caller_of};
use crate::App;
use crate::error::OrFault;

impl App {
    /// Asked again until it is done, it goes on where it stood.
    pub(crate) async fn strategy_detach(
        &self,
        caller: &Caller,
        name: &Label,
        may: impl FnOnce(Option<&Managed>) -> Result<bool, Fault>,
    ) -> Result<Release, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let Some(strategy) = tx.strategy_find(name).await.fault()? else {
            return Ok(Release::Done);
        };
        if !may(strategy.managed.as_ref())? {
            return Ok(Release::Done);
        }
        let paying = self.stop(tx.as_mut(), caller, strategy.clone()).await?;
        tx.commit().await.fault()?;
        for (_, intent) in paying {
            self.withdraw(&strategy, &intent.request_id).await?;
        }
        self.finish_detach(caller, strategy.id).await
    }

    /// Stops the schedule and ends the runs that asked for nothing; gives those that pay.
    async fn stop(
        &self,
        tx: &mut dyn Tx,
        caller: &Caller,
        strategy: Strategy,
    ) -> Result<Vec<(Run, Intent)>, Fault> {
        let first = !matches!(strategy.state, State::Detaching { .. });
        let (strategy, commands) = advance(tx, strategy, Event::Detached, self.now()).await?;
        if !commands.contains(&Command::CancelOpen) {
            return Ok(Vec::new());
        }
        if first {
            let draft = self.strategy_draft(caller, Action::StrategyDetached, &strategy);
            tx.audit_append(vec![draft.fact("state", "detaching")])
                .await
                .fault()?;
        }
        let open = self.runs_settle(tx, Some(strategy.id)).await?;
        for run in open.leased {
            let end = End::Cancelled { intent: None };
            self.run_close(tx, run, None, end).await?;
        }
        Ok(open.paying)
    }

    /// Withdraws a payment, unless it is signed: then it is waited for.
    async fn withdraw(&self, strategy: &Strategy, request: &RequestId) -> Result<(), Fault> {
        match self.payment_withdraw(&caller_of(strategy), request).await {
            Ok(_) | Err(Fault::Conflict { .. }) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    async fn finish_detach(&self, caller: &Caller, id: StrategyId) -> Result<Release, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let open = self.runs_settle(tx.as_mut(), Some(id)).await?;
        let strategy = tx.strategy_fetch(id).await.fault()?;
        let strategy = strategy.ok_or_else(|| Fault::not_found("strategy", id))?;
        if matches!(strategy.state, State::Detached { .. }) {
            return Ok(Release::Done);
        }
        if open.paying.is_empty() && open.leased.is_empty() {
            let (strategy, _) = advance(tx.as_mut(), strategy, Event::Cleared, self.now()).await?;
            let draft = self.strategy_draft(caller, Action::StrategyDetached, &strategy);
            tx.audit_append(vec![draft.fact("state", "detached")])
                .await
                .fault()?;
            tx.commit().await.fault()?;
            return Ok(Release::Done);
        }
        tx.commit().await.fault()?;
        let pending: Vec<String> = open
            .paying
            .iter()
            .map(|(_, intent)| intent.id.to_string())
            .collect();
        Ok(Release::Blocked {
            reason: "TransactionPending".to_owned(),
            message: format!(
                "{} payments of it are signed; they are followed to their end",
                pending.len()
            ),
            by: pending,
        })
    }
}
