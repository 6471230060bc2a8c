//! Which strategies and runs a list is about.

use vaultpilot_core::{StrategyId, WalletId};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StrategyFilter {
    pub wallet: Option<WalletId>,
    /// Those too that only have a history.
    pub with_detached: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    pub strategy: Option<StrategyId>,
    /// Only those that have not ended.
    pub open_only: bool,
}
