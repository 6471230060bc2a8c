//! What a call does to a wallet, whatever its encoding. Policy judges effects, never calldata.

use alloy_primitives::{Address, Bytes, FixedBytes, U256};
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
    /// The wallet gives up to `sell_amount` to a venue and gets at least `buy_amount` back itself: a
    /// swap, a deposit, coins wrapped. Who is paid on the way is the venue's affair.
    Exchange {
        /// The contract that is called or, behind a router, does it.
        venue: Address,
        sell: Asset,
        sell_amount: BaseUnits,
        /// `None` where what comes back is a receipt that the call does not name.
        buy: Option<Asset>,
        buy_amount: BaseUnits,
    },
    /// The wallet gives a receipt back to a venue and gets `asset` itself; nothing else leaves.
    Redemption {
        venue: Address,
        asset: Asset,
        /// The most that comes back; `BaseUnits::MAX` is all of it.
        amount: BaseUnits,
    },
    /// The wallet loses a token that is no sum: ERC-721, or so many of one kind, ERC-1155.
    Item {
        chain: ChainId,
        contract: Address,
        id: U256,
        amount: BaseUnits,
        recipient: Address,
    },
    /// Somebody may move everything the wallet has of a contract: `setApprovalForAll`.
    Operator {
        chain: ChainId,
        contract: Address,
        operator: Address,
        approved: bool,
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
