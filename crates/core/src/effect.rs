//! What a call does to a wallet, whatever its encoding. Policy judges effects, never calldata.

use alloy_primitives::{Address, Bytes, FixedBytes};
use serde::{Deserialize, Serialize};

use crate::{Asset, BaseUnits, ChainId, Timestamp};

/// A call as it will be signed: everything but nonce, gas and fees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub chain: ChainId,
    pub to: Address,
    /// Native coin sent along, in wei.
    pub value: BaseUnits,
    pub data: Bytes,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// The wallet loses `amount`; `recipient` is the decoded one, not the contract called.
    Outflow {
        asset: Asset,
        amount: BaseUnits,
        recipient: Address,
    },
    /// Somebody may later take up to `amount`.
    Allowance {
        asset: Asset,
        spender: Address,
        amount: BaseUnits,
        expires_at: Option<Timestamp>,
    },
    /// A signature that others can use.
    Signature { signature: SignatureKind },
    /// What could not be decoded: denied unless exactly this contract and selector is listed.
    Opaque {
        chain: ChainId,
        to: Address,
        selector: Option<FixedBytes<4>>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "signature", rename_all = "snake_case")]
pub enum SignatureKind {
    Message,
    TypedData {
        primary_type: String,
        verifying_contract: Option<Address>,
    },
    RawHash,
    Authorization7702,
}
