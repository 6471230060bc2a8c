//! Custom resources made true, and let go.

use vaultpilot_core::{Managed, Quota, ResourceKind};
use vaultpilot_policy::Document;
use vaultpilot_ports::resource_plane::{
    BalanceLine, PolicyReport, PolicyWish, Release, StrategyWish, TenantReport, TenantWish,
    WalletReport, WalletWish,
};

use super::{Wire, WireError, mirror, names, standard};
use crate::pb;

names!(ResourceKind as pb::ResourceKind { Tenant, Wallet, Strategy, Policy });
mirror!(Managed as pb::Managed { kind, namespace, name, uid });
mirror!(Quota as pb::Quota { max_wallets, max_strategies, max_api_keys });
mirror!(TenantWish as pb::TenantApplyRequest {
    name,
    namespace,
    suspended,
    chains,
} required { by, quota, keys });
mirror!(TenantReport as pb::TenantReport {
    id,
    state,
    wallets,
    strategies,
    active_strategies,
    approvals_pending,
    policy_hash,
});
mirror!(WalletWish as pb::WalletApplyRequest {
    tenant,
    name,
    chains,
    frozen,
    balances,
} required { by, key });
mirror!(WalletReport as pb::WalletReport {
    id,
    address,
    key_version,
    key_fingerprint,
    provider,
    state,
    state_reason,
    reattached,
    balances,
    budgets,
    pending_transactions,
    approvals_pending,
    last_transaction,
    policy_hash,
});
mirror!(BalanceLine as pb::BalanceLine { chain, asset, amount, amount_raw });
mirror!(PolicyWish as pb::PolicyApplyRequest { tenant, document } required { by });
mirror!(StrategyWish as pb::StrategyApplyRequest {
    tenant,
    name,
    wallet,
    suspended,
} required { by, spec });
mirror!(PolicyReport as pb::PolicyReport { id, changed, policy_hash });

impl Wire<Document> for String {
    fn write(value: Document) -> Self {
        // A document is plain data of strings and lists; writing it as JSON cannot fail. Were it
        // to, the text that arrives is no document, and is refused.
        serde_json::to_string(&value).unwrap_or_default()
    }

    fn read(self) -> Result<Document, WireError> {
        serde_json::from_str(&self).map_err(WireError::new)
    }
}

impl Wire<Release> for pb::Release {
    fn write(value: Release) -> Self {
        use pb::release::Release as Message;
        let release = match value {
            Release::Done => Message::Done(pb::Done {}),
            Release::Blocked {
                reason,
                by,
                message,
            } => Message::Blocked(pb::Blocked {
                reason,
                by,
                message,
            }),
        };
        Self {
            release: Some(release),
        }
    }

    fn read(self) -> Result<Release, WireError> {
        use pb::release::Release as Message;
        match self.release {
            Some(Message::Done(pb::Done {})) => Ok(Release::Done),
            Some(Message::Blocked(pb::Blocked {
                reason,
                by,
                message,
            })) => Ok(Release::Blocked {
                reason,
                by,
                message,
            }),
            None => Err(WireError::missing().within("release")),
        }
    }
}

standard!(Release as pb::Release);
