//! Why a contract said no.

use alloy::rpc::json_rpc::ErrorPayload;
use alloy_sol_types::{Panic, Revert, SolError};

use crate::text::plain;

/// Longest reason handed on.
pub(crate) const REASON_LIMIT: usize = 256;

/// The reason in revert data: the words, a panic's meaning, or the custom error's selector.
pub(crate) fn reason(data: &[u8]) -> Option<String> {
    if let Ok(revert) = Revert::abi_decode(data) {
        return Some(plain(&revert.reason, REASON_LIMIT));
    }
    if let Ok(panic) = Panic::abi_decode(data) {
        let kind = panic
            .kind()
            .map_or("unknown", alloy_sol_types::PanicKind::as_str);
        return Some(format!("panic 0x{:02x}: {kind}", panic.code));
    }
    let selector = data.first_chunk::<4>()?;
    Some(format!("custom error 0x{}", alloy::hex::encode(selector)))
}

/// The reason when a node's error means "this call fails", whoever asks; `None` when the node could
/// not answer.
pub(crate) fn failure(error: &ErrorPayload) -> Option<String> {
    let message = error.message.to_ascii_lowercase();
    let data = error.data.as_ref().and_then(|raw| revert_data(raw.get()));
    let says_so = error.code == REVERTED
        || (FIRST_SIMULATION_CODE..=LAST_SIMULATION_CODE).contains(&error.code)
        || FAILURES.iter().any(|words| message.contains(words));
    if !says_so {
        return None;
    }
    Some(
        data.and_then(|data| reason(&data))
            .unwrap_or_else(|| plain(&error.message, REASON_LIMIT)),
    )
}

/// geth's code of a revert, taken over by most nodes.
const REVERTED: i64 = 3;

/// Codes `eth_simulateV1` gives to calls that cannot be executed.
const FIRST_SIMULATION_CODE: i64 = -38_026;
const LAST_SIMULATION_CODE: i64 = -38_010;

/// Words of nodes that give no code of their own.
const FAILURES: &[&str] = &[
    "revert",
    "insufficient funds",
    "insufficient balance",
    "gas required exceeds",
    "out of gas",
    "intrinsic gas",
    "invalid opcode",
    "invalid jump",
    "stack underflow",
    "stack overflow",
    "evm error",
    "vm execution error",
];

/// Revert data is a hex string, bare or as the `data` of an object.
fn revert_data(raw: &str) -> Option<Vec<u8>> {
    let value: serde_json::Value = serde_json::from_str(raw).ok()?;
    let text = match &value {
        serde_json::Value::Object(fields) => fields.get("data")?.as_str()?,
        other => other.as_str()?,
    };
    alloy::hex::decode(text)
        .ok()
        .filter(|data| !data.is_empty())
}

#[cfg(test)]
mod tests;
