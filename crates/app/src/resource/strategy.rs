//! A Strategy resource.

use vaultpilot_core::{Caller, Label, Managed};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::WalletRef;
use vaultpilot_ports::resource_plane::{Release, StrategyWish};
use vaultpilot_ports::strategy_plane::StrategyView;

use super::claim::is_held;
use crate::App;
use crate::strategy::ApplyStrategy;

impl App {
    pub(super) async fn strategy_wished(
        &self,
        caller: &Caller,
        wish: &StrategyWish,
    ) -> Result<StrategyView, Fault> {
        let request = ApplyStrategy {
            name: wish.name.clone(),
            wallet: WalletRef::Label(wish.wallet.clone()),
            spec: wish.spec.clone(),
            suspended: wish.suspended.then(|| format!("suspended by {}", wish.by)),
        };
        self.strategy_put(caller, &request, Some(&wish.by)).await
    }

    pub(super) async fn strategy_let_go(
        &self,
        caller: &Caller,
        name: &Label,
        by: &Managed,
    ) -> Result<Release, Fault> {
        self.strategy_detach(caller, name, |held| Ok(is_held(held, by)))
            .await
    }
}
