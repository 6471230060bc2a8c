//! What a caller may ask for. Policy narrows this further; nothing widens it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Tool, ToolClass};

/// OAuth scopes of the MCP endpoint, and of API keys.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Scope {
    #[serde(rename = "wallet:read")]
    WalletRead,
    #[serde(rename = "wallet:write")]
    WalletWrite,
    #[serde(rename = "tx:simulate")]
    TxSimulate,
    #[serde(rename = "tx:execute")]
    TxExecute,
    #[serde(rename = "policy:read")]
    PolicyRead,
    #[serde(rename = "audit:read")]
    AuditRead,
}

impl Scope {
    pub const ALL: [Self; 6] = [
        Self::WalletRead,
        Self::WalletWrite,
        Self::TxSimulate,
        Self::TxExecute,
        Self::PolicyRead,
        Self::AuditRead,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WalletRead => "wallet:read",
            Self::WalletWrite => "wallet:write",
            Self::TxSimulate => "tx:simulate",
            Self::TxExecute => "tx:execute",
            Self::PolicyRead => "policy:read",
            Self::AuditRead => "audit:read",
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(ScopeError)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "scope is not one of wallet:read, wallet:write, tx:simulate, tx:execute, policy:read, audit:read"
)]
pub struct ScopeError;

/// What only people do, through REST or the command line; never an MCP tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    Read,
    WalletCreate,
    WalletFreeze,
    WalletThaw,
    PolicyWrite,
    ApprovalDecide,
    KeyWrite,
    /// Import wallet keys, rotate what wraps them, see how they are kept.
    CustodyWrite,
    /// Ask for a wallet's key.
    CustodyExport,
    /// Let somebody else's request for a wallet's key pass.
    CustodyApprove,
    AuditRead,
}

/// Roles of people and keys in a tenant.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything a person may do.
    Owner,
    /// Decides approvals, freezes; changes no policy.
    Approver,
    /// Reads.
    Viewer,
    /// A machine: MCP tools within its scopes, no permission of people.
    Agent,
}

impl Role {
    pub const fn allows(self, permission: Permission) -> bool {
        match self {
            Self::Owner => true,
            Self::Approver => matches!(
                permission,
                Permission::Read
                    | Permission::AuditRead
                    | Permission::ApprovalDecide
                    | Permission::CustodyApprove
                    | Permission::WalletFreeze
            ),
            Self::Viewer => matches!(permission, Permission::Read | Permission::AuditRead),
            Self::Agent => false,
        }
    }

    /// Whether this role may call a tool at all; scopes and policy narrow it further. People who
    /// only read or decide do not pay, whatever scopes their key was given.
    pub const fn may_call(self, tool: Tool) -> bool {
        match self {
            Self::Owner | Self::Agent => true,
            Self::Approver => {
                matches!(tool.class(), ToolClass::S0) || matches!(tool, Tool::FreezeWallet)
            }
            Self::Viewer => matches!(tool.class(), ToolClass::S0),
        }
    }
}
