//! What ports report, as faults callers can act on. Details go to the log, once, here.

use vaultpilot_ports::{ChainError, Fault, KeyError, StoreError};

/// Lets `?` turn port errors into faults.
pub(crate) trait IntoFault {
    fn into_fault(self) -> Fault;
}

impl IntoFault for StoreError {
    fn into_fault(self) -> Fault {
        match self {
            Self::Unavailable(source) => {
                tracing::warn!(error = %source, "store is unavailable");
                Fault::unavailable("store_unavailable", "the store does not answer; try again")
            }
            Self::Conflict { what } => Fault::unavailable(
                "conflict",
                format!("{what} was changed meanwhile; try again"),
            ),
            Self::Inconsistent { table, column, row } => {
                tracing::error!(table, column, row, "row is inconsistent");
                Fault::Internal {
                    reference: format!("{table}.{column}"),
                }
            }
            Self::LeaseLost => Fault::unavailable("lease_lost", "another process signs; try again"),
        }
    }
}

impl IntoFault for ChainError {
    fn into_fault(self) -> Fault {
        match self {
            Self::Unknown { chain } => Fault::invalid(
                "chain_unknown",
                "chain",
                format!("{chain} is not configured here; get_capabilities lists the chains"),
            ),
            Self::Unreachable { chain, detail } => {
                tracing::warn!(chain.id = %chain, detail, "chain cannot be reached");
                Fault::unavailable(
                    "chain_unreachable",
                    format!("{chain} cannot be reached right now; nothing happened, try again"),
                )
            }
            Self::Unreadable { chain, detail } => {
                tracing::warn!(chain.id = %chain, detail, "chain answered something unreadable");
                Fault::unavailable(
                    "chain_unreadable",
                    format!("{chain} answered something unreadable; nothing happened, try again"),
                )
            }
            Self::Reverted { detail } => Fault::invalid(
                "call_reverts",
                "call",
                format!("the call would revert: {detail}"),
            ),
            Self::NotAToken { address } => Fault::invalid(
                "not_a_token",
                "asset",
                format!(
                    "{} is no token contract on this chain",
                    address.to_checksum(None)
                ),
            ),
            Self::NoFaucet { chain } => Fault::invalid(
                "no_faucet",
                "chain",
                format!("{chain} has no faucet; send coins to the wallet's address"),
            ),
        }
    }
}

impl IntoFault for KeyError {
    fn into_fault(self) -> Fault {
        let code = self.code();
        // What a provider says names its keys and hosts: that is for the log alone.
        if self.is_passing() {
            tracing::warn!(error = %self, code, "key provider does not do it now");
        } else {
            tracing::error!(error = %self, code, "key operation failed");
        }
        match self {
            Self::NotTheTenants { .. } => Fault::conflict(
                code,
                "the external key does not say that it is this tenant's, or cannot be used here",
            ),
            Self::Unsupported { .. } => {
                Fault::conflict(code, "the key's provider does not offer this")
            }
            Self::NotConfigured { .. } => {
                Fault::conflict(code, "the key's provider is not configured here")
            }
            Self::KekForged => Fault::conflict(
                code,
                "the tenant's key-encryption key is not one that this house made; nothing is sealed \
                 to it",
            ),
            Self::ProviderSealed => passing(code, "the key provider is sealed"),
            Self::Denied { .. } => passing(code, "the key provider denied it"),
            Self::Disabled { .. } => passing(code, "the key is disabled at its provider"),
            Self::Throttled => passing(code, "the key provider is throttling"),
            Self::TimedOut => passing(code, "the key provider did not answer in time"),
            Self::Unavailable { .. } => passing(code, "the key provider is unavailable"),
            Self::NotUnwrapped
            | Self::Provider { .. }
            | Self::WrongAddress
            | Self::Envelope
            | Self::NotVouched
            | Self::KekMissing { .. }
            | Self::Sealed { .. } => Fault::Internal {
                reference: code.to_owned(),
            },
        }
    }
}

fn passing(code: &'static str, what: &str) -> Fault {
    Fault::unavailable(code, format!("{what}; nothing happened, try again"))
}

/// `result.fault()?` where a port was asked.
pub(crate) trait OrFault<T> {
    fn fault(self) -> Result<T, Fault>;
}

impl<T, E: IntoFault> OrFault<T> for Result<T, E> {
    fn fault(self) -> Result<T, Fault> {
        self.map_err(IntoFault::into_fault)
    }
}
