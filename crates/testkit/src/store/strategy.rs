//! Strategies and their runs, in memory.

use vaultpilot_core::{Label, RunId, StrategyId, Timestamp};
use vaultpilot_ports::store::{Page, RunFilter, StoreError, StrategyFilter};
use vaultpilot_strategy::{Run, State, Strategy};

use super::page::{ascending, descending};
use super::state::Rows;

const fn conflict(what: &'static str) -> StoreError {
    StoreError::Conflict { what }
}

fn lives(strategy: &Strategy) -> bool {
    !matches!(strategy.state, State::Detached { .. })
}

/// What the first `limit` are, by when.
fn first<T: Clone>(mut due: Vec<(Timestamp, &T)>, limit: u32) -> Vec<T> {
    due.sort_by_key(|(at, _)| *at);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let first = due.into_iter().take(limit);
    first.map(|(_, it)| it.clone()).collect()
}

impl Rows {
    pub(super) fn strategy_named(&self, name: &Label) -> Option<&Strategy> {
        let named = |strategy: &&Strategy| strategy.name == *name && lives(strategy);
        self.strategies.values().find(named)
    }

    pub(super) fn strategies(&self, filter: &StrategyFilter, page: &Page) -> Vec<Strategy> {
        let fits = |strategy: &&Strategy| {
            filter.wallet.is_none_or(|wallet| strategy.wallet == wallet)
                && (filter.with_detached || lives(strategy))
        };
        let fitting = self.strategies.values().filter(fits);
        ascending(fitting, page, |strategy| strategy.id)
    }

    pub(super) fn strategy_count(&self) -> u64 {
        let alive = self.strategies.values().filter(|it| lives(it)).count();
        u64::try_from(alive).unwrap_or(u64::MAX)
    }

    pub(super) fn strategies_due(&self, now: Timestamp, limit: u32) -> Vec<Strategy> {
        let due = self.strategies.values().filter_map(|strategy| {
            let next = strategy.state.next()?;
            (next.due_at <= now).then_some((next.due_at, strategy))
        });
        first(due.collect(), limit)
    }

    pub(super) fn strategy_next(&self) -> Option<Timestamp> {
        let ticks = self.strategies.values().filter_map(|it| it.state.next());
        let leases = self.runs.values().filter_map(|run| run.state.lease());
        ticks
            .map(|tick| tick.due_at)
            .chain(leases.map(|lease| lease.expires_at))
            .min()
    }

    pub(super) fn runs(&self, filter: &RunFilter, page: &Page) -> Vec<Run> {
        let fits = |run: &&Run| {
            filter.strategy.is_none_or(|it| run.strategy == it)
                && !(filter.open_only && run.state.is_ended())
        };
        descending(self.runs.values().filter(fits), page, |run| run.id)
    }

    pub(super) fn runs_expired(&self, now: Timestamp, limit: u32) -> Vec<Run> {
        let over = self.runs.values().filter_map(|run| {
            let lease = run.state.lease()?;
            (lease.expires_at <= now).then_some((lease.expires_at, run))
        });
        first(over.collect(), limit)
    }

    pub(super) fn strategy_insert(&mut self, strategy: &Strategy) -> Result<(), StoreError> {
        let taken = self.strategies.contains_key(&strategy.id)
            || (lives(strategy) && self.strategy_named(&strategy.name).is_some());
        if taken || !self.wallets.contains_key(&strategy.wallet) {
            return Err(conflict("strategy"));
        }
        self.strategies.insert(strategy.id, strategy.clone());
        Ok(())
    }

    pub(super) fn strategy_update(
        &mut self,
        seen: u64,
        strategy: &Strategy,
    ) -> Result<(), StoreError> {
        let stored = self.strategies.get_mut(&strategy.id);
        let stored = stored
            .filter(|stored| stored.revision == seen)
            .filter(|stored| stored.spec.body.kind() == strategy.spec.body.kind())
            .ok_or(conflict("strategy"))?;
        *stored = Strategy {
            name: stored.name.clone(),
            wallet: stored.wallet,
            created_at: stored.created_at,
            ..strategy.clone()
        };
        Ok(())
    }

    pub(super) fn run_insert(&mut self, run: &Run) -> Result<(), StoreError> {
        let taken = |other: &Run| {
            other.id == run.id
                || (other.strategy == run.strategy && other.planned_at == run.planned_at)
        };
        if self.runs.values().any(taken) || !self.strategies.contains_key(&run.strategy) {
            return Err(conflict("run"));
        }
        self.runs.insert(run.id, run.clone());
        Ok(())
    }

    pub(super) fn run_update(&mut self, seen: i64, run: &Run) -> Result<(), StoreError> {
        let stored = self.runs.get_mut(&run.id).ok_or(conflict("run"))?;
        if stored.epoch != seen {
            return Err(StoreError::LeaseLost);
        }
        if stored.state.is_ended() {
            return Err(conflict("run"));
        }
        stored.epoch = run.epoch;
        stored.state = run.state.clone();
        Ok(())
    }

    pub(super) fn run_trim(&mut self, strategy: StrategyId, keep: u32) -> u64 {
        let ended = self
            .runs
            .values()
            .rev()
            .filter(|run| run.strategy == strategy && run.state.is_ended());
        let keep = usize::try_from(keep).unwrap_or(usize::MAX);
        let gone: Vec<RunId> = ended.skip(keep).map(|run| run.id).collect();
        for id in &gone {
            self.runs.remove(id);
        }
        u64::try_from(gone.len()).unwrap_or(u64::MAX)
    }
}
