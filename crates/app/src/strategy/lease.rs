//! Ticks that are due become runs, and runs get holders. One transaction, so that of two who ask at
//! once each gets what the other did not.

use vaultpilot_core::{Duration, RunId, TenantId, TenantState, Timestamp, clock};
use vaultpilot_ports::strategy_plane::LeasedTick;
use vaultpilot_ports::{Fault, ReadTx, Tx};
use vaultpilot_strategy::{
    Command, End, Event, Lease, PATIENCE, Run, RunState, Skip, State, Strategy,
};

use super::settle::Open;
use super::{advance, strategy_of};
use crate::App;
use crate::error::OrFault;

/// How long a holder has for a run. It covers the chain reads before a payment is on record.
const TTL: Duration = Duration::from_mins(1);

/// The most that are leased at once.
const MOST: u32 = 100;

impl App {
    pub(super) async fn strategy_ticks(
        &self,
        tenant: TenantId,
        holder: &str,
        limit: u32,
    ) -> Result<Vec<LeasedTick>, Fault> {
        named(holder)?;
        if limit == 0 {
            let message = "limit is at least 1";
            return Err(Fault::invalid("limit_out_of_range", "limit", message));
        }
        let limit = limit.min(MOST);
        let now = self.now();
        let mut tx = self.store.begin(tenant).await.fault()?;
        if !is_active(tx.as_mut()).await? {
            return Ok(Vec::new());
        }
        let open = self.runs_settle(tx.as_mut(), None).await?;
        let mut ticks = Vec::new();
        for strategy in tx.strategy_due(now, limit).await.fault()? {
            let run = self
                .tick(tx.as_mut(), strategy.clone(), &open, holder)
                .await;
            if let Some(run) = unless_broken(run)? {
                ticks.push(leased(&strategy, &run, now));
            }
        }
        let left = limit.saturating_sub(u32::try_from(ticks.len()).unwrap_or(limit));
        for run in tx.run_expired(now, left).await.fault()? {
            let strategy = strategy_of(tx.as_mut(), &run).await?;
            let run = self.take_over(tx.as_mut(), &strategy, run, holder).await;
            if let Some(run) = unless_broken(run)? {
                ticks.push(leased(&strategy, &run, now));
            }
        }
        tx.commit().await.fault()?;
        Ok(ticks)
    }

    /// When there is something to lease.
    pub(super) async fn strategy_due_at(
        &self,
        tenant: TenantId,
    ) -> Result<Option<Timestamp>, Fault> {
        let mut tx = self.store.read(tenant).await.fault()?;
        if !is_active(tx.as_mut()).await? {
            return Ok(None);
        }
        tx.strategy_next().await.fault()
    }

    /// One tick of one strategy: a run, or a note why there is none.
    async fn tick(
        &self,
        tx: &mut dyn Tx,
        strategy: Strategy,
        open: &Open,
        holder: &str,
    ) -> Result<Option<Run>, Fault> {
        let now = self.now();
        let busy = open.busy.contains(&strategy.id);
        // What was settled before may have moved it.
        let stored = tx.strategy_fetch(strategy.id).await.fault()?;
        let stored = stored.ok_or_else(|| Fault::not_found("strategy", strategy.id))?;
        let (strategy, commands) = advance(tx, stored, Event::Looked { busy }, now).await?;
        match commands.as_slice() {
            [Command::Open { planned_at }] => {
                let left = open.leased.iter().filter(|run| run.strategy == strategy.id);
                for run in left {
                    self.run_close(tx, run.clone(), None, left_behind(run))
                        .await?;
                }
                let run = self.new_run(&strategy, *planned_at, lease(holder, now));
                tx.run_insert(&run).await.fault()?;
                Ok(Some(run))
            }
            [Command::Skip { planned_at, why }] => {
                let end = End::Skipped { why: *why };
                let run = self.new_run(
                    &strategy,
                    *planned_at,
                    RunState::Ended {
                        at: now,
                        end: end.clone(),
                    },
                );
                tx.run_insert(&run).await.fault()?;
                tx.run_trim(strategy.id, strategy.spec.run_history_limit)
                    .await
                    .fault()?;
                let draft = self.run_ended_draft(&strategy, &run, &end);
                tx.audit_append(vec![draft]).await.fault()?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    fn new_run(&self, strategy: &Strategy, planned_at: Timestamp, state: RunState) -> Run {
        Run {
            id: RunId::new(self.clock.as_ref(), self.entropy.as_ref()),
            tenant: strategy.tenant,
            strategy: strategy.id,
            planned_at,
            epoch: 1,
            opened_at: self.now(),
            state,
        }
    }

    /// Its holder is gone, or waits for a gate: somebody else looks again, until it is too late.
    async fn take_over(
        &self,
        tx: &mut dyn Tx,
        strategy: &Strategy,
        mut run: Run,
        holder: &str,
    ) -> Result<Option<Run>, Fault> {
        let now = self.now();
        if let Some(end) = hopeless(strategy, &run, now) {
            self.run_close(tx, run, None, end).await?;
            return Ok(None);
        }
        let seen = run.epoch;
        run.epoch = run.epoch.saturating_add(1);
        run.state = lease(holder, now);
        tx.run_update(seen, &run).await.fault()?;
        Ok(Some(run))
    }
}

/// A strategy whose row cannot be read stops itself, not those beside it. It was logged where it was
/// read, before anything was written.
fn unless_broken(run: Result<Option<Run>, Fault>) -> Result<Option<Run>, Fault> {
    match run {
        Err(Fault::Internal { .. }) => Ok(None),
        other => other,
    }
}

/// Why a run that asked for nothing yet will never ask, if so.
pub(super) fn hopeless(strategy: &Strategy, run: &Run, now: Timestamp) -> Option<End> {
    match strategy.state {
        State::Detaching { .. } | State::Detached { .. } => Some(End::Cancelled { intent: None }),
        State::Suspended { .. } => Some(End::Skipped {
            why: Skip::Suspended,
        }),
        State::Active { .. } | State::Finished { .. } => {
            let late = clock::after(run.opened_at, PATIENCE) <= now;
            late.then(|| left_behind(run))
        }
    }
}

/// What a run waited for is why it came to nothing.
fn left_behind(run: &Run) -> End {
    let waits = match &run.state {
        RunState::Leased { waits, .. } => *waits,
        RunState::Paying { .. } | RunState::Ended { .. } => None,
    };
    End::Skipped {
        why: waits.unwrap_or(Skip::Late),
    }
}

fn lease(holder: &str, now: Timestamp) -> RunState {
    RunState::Leased {
        lease: Lease {
            holder: holder.to_owned(),
            expires_at: clock::after(now, TTL),
        },
        waits: None,
    }
}

fn leased(strategy: &Strategy, run: &Run, now: Timestamp) -> LeasedTick {
    LeasedTick {
        strategy: strategy.id,
        name: strategy.name.clone(),
        run: run.id,
        planned_at: run.planned_at,
        epoch: run.epoch,
        lease_until: clock::after(now, TTL),
    }
}

/// A holder's name ends up in rows and logs.
pub(super) fn named(holder: &str) -> Result<(), Fault> {
    let plain = |c: char| !c.is_control();
    if (1..=128).contains(&holder.chars().count()) && holder.chars().all(plain) {
        Ok(())
    } else {
        let message = "a holder has 1 to 128 characters, none of them a control character";
        Err(Fault::invalid("holder_malformed", "holder", message))
    }
}

/// In a tenant that is frozen or archived nothing runs.
async fn is_active<T: ReadTx + ?Sized>(tx: &mut T) -> Result<bool, Fault> {
    let tenant = tx.tenant_fetch().await.fault()?;
    Ok(tenant.is_some_and(|tenant| matches!(tenant.state, TenantState::Active)))
}
