//! What a runtime goes on reading with, and what it tells of it afterwards.

use vaultpilot_core::{Caller, TenantId, Timestamp, Tool, WalletId};
use vaultpilot_ports::control_plane::{BudgetView, PolicyView, WalletView};

use super::{Wire, WireError, at, mirror, standard};
use crate::pb;

#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    pub tenant_id: TenantId,
    /// `active`, `frozen` or `archived`
    pub tenant_state: String,
    pub callers: Vec<Seen>,
}

/// What one caller may read.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub context: Vec<u8>,
    pub caller: Caller,
    pub tools: Vec<Tool>,
    pub wallets: Vec<WalletView>,
    pub policies: Vec<PolicyView>,
    pub budgets: Vec<BudgetView>,
    /// Whether all wallets are in it.
    pub complete: bool,
    /// Which calls would be let in, but for their rate; nothing else is served.
    pub admissions: Vec<Admission>,
}

/// The reading tools that a caller may call about one wallet, or about none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    pub wallet: Option<WalletId>,
    pub tools: Vec<Tool>,
}

/// One call that was answered from a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub id: String,
    pub context: Vec<u8>,
    pub tool: Tool,
    pub wallet: Option<WalletId>,
    pub served_at: Timestamp,
    pub as_of: Timestamp,
    /// Empty when it was let in; else the stable code of why not.
    pub refused: String,
}

mirror!(Snapshot as pb::Snapshot { tenant_id, tenant_state, callers });
mirror!(Read as pb::ServedRead {
    id,
    context,
    tool,
    wallet,
    refused,
} required { served_at, as_of });

impl Wire<Seen> for pb::CallerSnapshot {
    fn write(value: Seen) -> Self {
        let Seen {
            context,
            caller,
            tools,
            wallets,
            policies,
            budgets,
            complete,
            admissions,
        } = value;
        Self {
            context,
            caller: Some(Wire::write(caller)),
            tools: Wire::write(tools),
            wallets: Wire::write(wallets),
            policies: Wire::write(policies),
            budgets: Wire::write(budgets),
            complete,
            admissions: Wire::write(admissions),
        }
    }

    fn read(self) -> Result<Seen, WireError> {
        Ok(Seen {
            context: self.context,
            caller: at("caller", crate::required(self.caller))?,
            tools: known(self.tools),
            wallets: at("wallets", self.wallets.read())?,
            policies: at("policies", self.policies.read())?,
            budgets: at("budgets", self.budgets.read())?,
            complete: self.complete,
            admissions: at("admissions", self.admissions.read())?,
        })
    }
}

impl Wire<Admission> for pb::Admission {
    fn write(value: Admission) -> Self {
        Self {
            wallet: Wire::write(value.wallet),
            tools: Wire::write(value.tools),
        }
    }

    fn read(self) -> Result<Admission, WireError> {
        Ok(Admission {
            wallet: at("wallet", self.wallet.read())?,
            tools: known(self.tools),
        })
    }
}

/// A tool that a newer control plane knows and this runtime does not is none of its tools.
fn known(names: Vec<String>) -> Vec<Tool> {
    let tools = names.into_iter().filter_map(|name| name.parse().ok());
    tools.collect()
}

standard!(Seen as pb::CallerSnapshot);
