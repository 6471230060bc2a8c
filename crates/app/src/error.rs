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
        match &self {
            Self::NotTheTenants { .. } | Self::Unsupported { .. } | Self::NotConfigured { .. } => {
                Fault::conflict(code, self.to_string())
            }
            passing if passing.is_passing() => {
                tracing::warn!(error = %passing, code, "key provider does not do it now");
                Fault::unavailable(code, format!("{passing}; nothing happened, try again"))
            }
            other => {
                tracing::error!(error = %other, code, "key operation failed");
                Fault::Internal {
                    reference: code.to_owned(),
                }
            }
        }
    }
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
