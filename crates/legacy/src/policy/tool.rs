//! What the predecessor's tools are called today.

use vaultpilot_core::Tool;

/// The tools that have a predecessor.
pub(super) const CARRIED: [Tool; 7] = [
    Tool::CreateWallet,
    Tool::GetBalances,
    Tool::Transfer,
    Tool::SimulateTransfer,
    Tool::ListWallets,
    Tool::ProviderStatus,
    Tool::RequestFaucetFunds,
];

/// `None` for what is no tool any more, and for what is none yet.
pub(super) fn successor(name: &str) -> Option<Tool> {
    match name {
        "spin_up_wallet" => Some(Tool::CreateWallet),
        "query_balance" => Some(Tool::GetBalances),
        "execute_transfer" => Some(Tool::Transfer),
        "simulate_transfer" => Some(Tool::SimulateTransfer),
        "list_wallets" => Some(Tool::ListWallets),
        "provider_status" => Some(Tool::ProviderStatus),
        "request_faucet_funds" => Some(Tool::RequestFaucetFunds),
        _ => None,
    }
}
