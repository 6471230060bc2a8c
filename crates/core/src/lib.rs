#![doc = include_str!("../README.md")]
#![deny(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

pub mod address;
pub mod asset;
pub mod caller;
pub mod chain_id;
pub mod clock;
pub mod effect;
pub mod id;
pub mod label;
pub mod managed;
pub mod money;
pub mod permission;
pub mod proxy;
pub mod request_id;
pub mod tenant;
pub mod tool;
pub mod wallet;

pub use address::{AddressError, parse_address};
pub use alloy_primitives::{Address, B256, Bytes, U256};
pub use asset::{Asset, Token};
pub use caller::{AgentName, Caller, CallerKind};
pub use chain_id::ChainId;
pub use clock::{Clock, Duration, Entropy, Timestamp};
pub use effect::{Call, Effect, SignatureKind};
pub use id::{
    ApprovalId, AuditId, IntentId, KeyId, KeyTaskId, PolicyId, RunId, StrategyId, TenantId,
    WalletId,
};
pub use label::Label;
pub use managed::{Managed, ResourceKind};
pub use money::{BaseUnits, Gwei, Wei};
pub use permission::{Permission, Role, Scope};
pub use proxy::client_address;
pub use request_id::RequestId;
pub use tenant::{KeyManagement, Quota, Tenant, TenantName, TenantState};
pub use tool::{Tool, ToolClass};
pub use wallet::{Wallet, WalletState};
