//! When a person is asked about a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum StrategyApproval {
    /// Only where policy asks.
    #[default]
    Never,
    FirstRun,
    EveryRun,
    /// Above `approvalAbove`.
    AboveAmount,
}
