//! What was asked, decoded, judged and reserved.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{
    Asset, BaseUnits, Call, CallerKind, Effect, IntentId, RequestId, TenantId, Timestamp, Tool,
    WalletId,
};

use crate::{Digest, Fees, IntentState};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    pub id: IntentId,
    pub tenant: TenantId,
    pub wallet: WalletId,
    /// The wallet's address, the `from` of the transaction.
    pub from: Address,
    pub request_id: RequestId,
    pub tool: Tool,
    pub requester: CallerKind,
    /// The address the request came from, for policies judged again at release.
    pub requester_ip: Option<std::net::IpAddr>,
    pub call: Call,
    /// Decoded from `call` by the control plane, never told by the caller.
    pub effects: Vec<Effect>,
    /// Decimals of what is spent, to write amounts for people.
    pub decimals: u8,
    /// What was judged: gas limit and fee caps. The executor may sign lower fees, never higher.
    pub fees: Fees,
    pub request_digest: Digest,
    pub action_digest: Digest,
    pub policy_version: String,
    /// The caller's words, data only.
    pub memo: Option<String>,
    pub created_at: Timestamp,
    pub state: IntentState,
}

impl Intent {
    /// The single outflow of a payment: asset, amount, recipient.
    pub fn outflow(&self) -> Option<(Asset, BaseUnits, Address)> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Outflow {
                asset,
                amount,
                recipient,
            } => Some((*asset, *amount, *recipient)),
            _ => None,
        })
    }
}
