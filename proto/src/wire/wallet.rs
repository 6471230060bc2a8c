//! Wallets, and what is left of their limits.

use vaultpilot_ports::control_plane::{
    BudgetLine, BudgetView, FaucetView, ListQuery, PolicyView, WalletView,
};

use super::{Wire, WireError, at, mirror, page, standard};
use crate::pb;

mirror!(WalletView as pb::Wallet {
    id,
    label,
    address,
    chains,
    state,
    state_reason,
    created_at,
});
page!(WalletView as pb::WalletPage);
mirror!(ListQuery as pb::Page { cursor, limit });
mirror!(BudgetLine as pb::BudgetLine {
    policy,
    rule,
    chain,
    asset,
    kind,
    scope,
    window_s,
    limit,
    used,
    remaining,
    resets_at,
});
mirror!(BudgetView as pb::Budget { wallet, policy_version, lines });
mirror!(FaucetView as pb::FaucetPayout {
    wallet,
    chain,
    amount,
    amount_raw,
    tx_hash,
    message,
});

impl Wire<PolicyView> for pb::PolicyOfWallet {
    fn write(value: PolicyView) -> Self {
        let PolicyView {
            wallet,
            policy_version,
            policies,
            tools,
        } = value;
        Self {
            wallet,
            policy_version,
            documents: policies.iter().map(ToString::to_string).collect(),
            tools,
        }
    }

    fn read(self) -> Result<PolicyView, WireError> {
        let parse = |text: &String| serde_json::from_str(text).map_err(WireError::new);
        let policies = self.documents.iter().map(parse).collect();
        Ok(PolicyView {
            wallet: self.wallet,
            policy_version: self.policy_version,
            policies: at("documents", policies)?,
            tools: self.tools,
        })
    }
}

standard!(PolicyView as pb::PolicyOfWallet);

impl Wire<Option<WalletView>> for pb::AdmitResponse {
    fn write(value: Option<WalletView>) -> Self {
        Self {
            wallet: Wire::write(value),
        }
    }

    fn read(self) -> Result<Option<WalletView>, WireError> {
        at("wallet", self.wallet.read())
    }
}
