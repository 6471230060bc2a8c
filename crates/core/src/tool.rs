//! The registry of MCP tools: name, class and scope of each. A tool that is not here does not exist.

use serde::{Deserialize, Serialize};

use crate::Scope;

/// How much harm a tool can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ToolClass {
    /// Reads.
    S0,
    /// Changes `VaultPilot`'s own state only.
    S1,
    /// Moves value.
    S2,
    /// Grants authority or signs.
    S3,
}

macro_rules! tools {
    ($($variant:ident = $name:literal, $class:ident, $scope:ident;)*) => {
        /// Every tool, in the order `tools/list` shows them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Tool { $($variant,)* }

        impl Tool {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub const fn class(self) -> ToolClass {
                match self { $(Self::$variant => ToolClass::$class,)* }
            }

            /// The scope a caller needs before policy is even asked.
            pub const fn scope(self) -> Scope {
                match self { $(Self::$variant => Scope::$scope,)* }
            }
        }
    };
}

tools! {
    GetCapabilities = "get_capabilities", S0, WalletRead;
    ListWallets = "list_wallets", S0, WalletRead;
    GetWallet = "get_wallet", S0, WalletRead;
    GetBalances = "get_balances", S0, WalletRead;
    GetBudget = "get_budget", S0, PolicyRead;
    GetPolicy = "get_policy", S0, PolicyRead;
    CheckPolicy = "check_policy", S0, TxSimulate;
    GetGas = "get_gas", S0, WalletRead;
    ProviderStatus = "provider_status", S0, WalletRead;
    InspectToken = "inspect_token", S0, WalletRead;
    GetTransaction = "get_transaction", S0, WalletRead;
    ListTransactions = "list_transactions", S0, WalletRead;
    WaitForTransaction = "wait_for_transaction", S0, WalletRead;
    SimulateTransfer = "simulate_transfer", S0, TxSimulate;
    ListApprovals = "list_approvals", S0, WalletRead;
    GetApproval = "get_approval", S0, WalletRead;
    ListEvents = "list_events", S0, AuditRead;
    CreateWallet = "create_wallet", S1, WalletWrite;
    FreezeWallet = "freeze_wallet", S1, WalletWrite;
    CancelRequest = "cancel_request", S1, TxExecute;
    RequestFaucetFunds = "request_faucet_funds", S1, WalletWrite;
    Transfer = "transfer", S2, TxExecute;
}

impl std::str::FromStr for Tool {
    type Err = ToolError;

    fn from_str(text: &str) -> Result<Self, ToolError> {
        Self::ALL
            .iter()
            .copied()
            .find(|tool| tool.name() == text)
            .ok_or(ToolError)
    }
}

impl std::fmt::Display for Tool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Tool {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Tool {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no tool of that name")]
pub struct ToolError;
