//! A Strategy resource.

use vaultpilot_core::{Caller, Label, Managed};
use vaultpilot_ports::Fault;
use vaultpilot_ports::resource_plane::{Release, StrategyWish};
use vaultpilot_ports::strategy_plane::StrategyView;

use crate::App;

impl App {
    pub(super) async fn strategy_wished(
        &self,
        _caller: &Caller,
        wish: &StrategyWish,
    ) -> Result<StrategyView, Fault> {
        Err(Fault::not_found("strategy", &wish.name))
    }

    pub(super) async fn strategy_let_go(
        &self,
        _caller: &Caller,
        name: &Label,
        _by: &Managed,
    ) -> Result<Release, Fault> {
        Err(Fault::not_found("strategy", name))
    }
}
