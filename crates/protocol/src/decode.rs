//! Says what a call does to the wallet that signs it.

use alloy_primitives::{Address, FixedBytes};
use alloy_sol_types::SolCall;
use vaultpilot_core::{Asset, BaseUnits, Call, Effect};

use crate::Erc20;

/// The effects of `call` on `wallet`, who signs it. Native coin sent along is always an outflow of its own;
/// calldata that is not exactly a known call is opaque.
pub fn decode(wallet: Address, call: &Call) -> Vec<Effect> {
    let _ = wallet;
    let native = Effect::Outflow {
        asset: Asset::native(call.chain),
        amount: call.value,
        recipient: call.to,
    };
    if call.data.is_empty() {
        return vec![native];
    }
    let mut effects = Vec::new();
    if !call.value.is_zero() {
        effects.push(native);
    }
    effects.push(decode_data(call));
    effects
}

fn decode_data(call: &Call) -> Effect {
    let asset = Asset::erc20(call.chain, call.to);
    if let Some(transfer) = exact::<Erc20::transferCall>(call) {
        return Effect::Outflow {
            asset,
            amount: BaseUnits(transfer.amount),
            recipient: transfer.to,
        };
    }
    if let Some(approve) = exact::<Erc20::approveCall>(call) {
        return Effect::Allowance {
            asset,
            spender: approve.spender,
            amount: BaseUnits(approve.amount),
            expires_at: None,
        };
    }
    // `transferFrom` spends somebody's allowance, ours or not: left opaque until policy names it.
    let selector = call.data.get(..4).map(FixedBytes::from_slice);
    Effect::Opaque {
        chain: call.chain,
        to: call.to,
        selector,
    }
}

/// Decodes only when encoding gives back the same bytes: no trailing data, no dirty padding.
fn exact<C: SolCall>(call: &Call) -> Option<C> {
    let decoded = C::abi_decode(&call.data).ok()?;
    (decoded.abi_encode() == call.data).then_some(decoded)
}
