//! Strategies, as people handle them.

use vaultpilot_core::{Caller, Label, Permission};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{ListQuery, Listed};
use vaultpilot_ports::resource_plane::Release;
use vaultpilot_ports::strategy_plane::{RunView, StrategyView};

use super::allowed;
use crate::App;
use crate::resource::free;
use crate::strategy::ApplyStrategy;

impl App {
    /// Makes or edits a strategy. Who may write policies may write down what is paid under them.
    ///
    /// # Errors
    /// `Invalid` with all that is wrong, `NotFound` for its wallet, `Conflict` for what never
    /// changes and for what a resource owns.
    pub async fn person_strategy_apply(
        &self,
        caller: &Caller,
        request: &ApplyStrategy,
    ) -> Result<StrategyView, Fault> {
        allowed(caller, Permission::PolicyWrite)?;
        self.strategy_put(caller, request, None).await
    }

    /// # Errors
    /// `Invalid` without a reason, `Conflict` for what a resource owns.
    pub async fn person_strategy_suspend(
        &self,
        caller: &Caller,
        name: &Label,
        reason: &str,
    ) -> Result<StrategyView, Fault> {
        allowed(caller, Permission::WalletFreeze)?;
        self.strategy_rest(caller, name, reason).await
    }

    /// # Errors
    /// `Conflict` for what a resource owns.
    pub async fn person_strategy_resume(
        &self,
        caller: &Caller,
        name: &Label,
    ) -> Result<StrategyView, Fault> {
        allowed(caller, Permission::PolicyWrite)?;
        self.strategy_go_on(caller, name).await
    }

    /// Lets a strategy go; blocked while signed payments of it are under way.
    ///
    /// # Errors
    /// `Conflict` for what a resource owns.
    pub async fn person_strategy_detach(
        &self,
        caller: &Caller,
        name: &Label,
    ) -> Result<Release, Fault> {
        allowed(caller, Permission::PolicyWrite)?;
        let what = format!("strategy {name}");
        self.strategy_detach(caller, name, |held| free(held, &what).map(|()| true))
            .await
    }

    /// # Errors
    /// `NotFound` when there is no such strategy.
    pub async fn person_strategy(
        &self,
        caller: &Caller,
        name: &Label,
    ) -> Result<StrategyView, Fault> {
        allowed(caller, Permission::Read)?;
        self.strategy_read(caller, name).await
    }

    /// # Errors
    /// `Invalid` for a page that is none.
    pub async fn person_strategies(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Listed<StrategyView>, Fault> {
        allowed(caller, Permission::Read)?;
        self.strategies_read(caller, query).await
    }

    /// Its runs, newest first.
    ///
    /// # Errors
    /// `NotFound` when there is no such strategy.
    pub async fn person_strategy_runs(
        &self,
        caller: &Caller,
        name: &Label,
        query: &ListQuery,
    ) -> Result<Listed<RunView>, Fault> {
        allowed(caller, Permission::Read)?;
        self.runs_read(caller, name, query).await
    }
}
