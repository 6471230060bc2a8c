//! Which wallets and agents a policy speaks about.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::value::NameOrAll;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
pub struct Selector {
    /// Wallet labels, or `["*"]`.
    #[schemars(length(min = 1, max = 256))]
    #[x_kube(validation = Rule::new("self.size() == 1 || !('*' in self)")
        .message("in wallets \"*\" stands alone or not at all"))]
    pub wallets: Vec<NameOrAll>,
    /// Names of agents (of their API keys), or `["*"]`.
    #[schemars(length(min = 1, max = 256))]
    #[x_kube(validation = Rule::new("self.size() == 1 || !('*' in self)")
        .message("in agents \"*\" stands alone or not at all"))]
    pub agents: Vec<NameOrAll>,
}
