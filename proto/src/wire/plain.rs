//! Values that stand in a message as they are, or as their own text.

use std::net::IpAddr;

use vaultpilot_core::{
    Address, AgentName, ApprovalId, BaseUnits, ChainId, IntentId, KeyId, RequestId, RunId, Scope,
    StrategyId, TenantId, Token, Tool, WalletId, parse_address,
};
use vaultpilot_policy::{PolicyVersion, ReasonCode};
use vaultpilot_ports::control_plane::{TransactionRef, WalletRef};

use super::{Wire, WireError};

macro_rules! same {
    ($($plain:ty),*) => {$(
        impl Wire<Self> for $plain {
            fn write(value: Self) -> Self {
                value
            }

            fn read(self) -> Result<Self, WireError> {
                Ok(self)
            }
        }
    )*};
}

same!(String, bool, u8, u32, u64, i64);

macro_rules! text {
    ($($domain:ty),* $(,)?) => {$(
        impl Wire<$domain> for String {
            fn write(value: $domain) -> Self {
                value.to_string()
            }

            fn read(self) -> Result<$domain, WireError> {
                self.parse().map_err(WireError::new)
            }
        }
    )*};
}

text!(
    AgentName,
    ApprovalId,
    ChainId,
    IntentId,
    IpAddr,
    KeyId,
    PolicyVersion,
    RequestId,
    RunId,
    StrategyId,
    TenantId,
    Token,
    Tool,
    TransactionRef,
    WalletId,
    WalletRef,
);

impl Wire<Scope> for String {
    fn write(value: Scope) -> Self {
        value.as_str().to_owned()
    }

    fn read(self) -> Result<Scope, WireError> {
        self.parse().map_err(WireError::new)
    }
}

impl Wire<Address> for String {
    fn write(value: Address) -> Self {
        value.to_checksum(None)
    }

    fn read(self) -> Result<Address, WireError> {
        parse_address(&self).map_err(WireError::new)
    }
}

impl Wire<BaseUnits> for String {
    fn write(value: BaseUnits) -> Self {
        value.to_string()
    }

    fn read(self) -> Result<BaseUnits, WireError> {
        BaseUnits::parse(&self, 0).map_err(WireError::new)
    }
}

impl Wire<ReasonCode> for String {
    fn write(value: ReasonCode) -> Self {
        value.as_str().to_owned()
    }

    fn read(self) -> Result<ReasonCode, WireError> {
        let known = ReasonCode::ALL.iter().copied();
        known
            .into_iter()
            .find(|code| code.as_str() == self)
            .ok_or_else(|| WireError::new("is not a reason code"))
    }
}
