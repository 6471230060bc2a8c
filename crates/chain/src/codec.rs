//! Transactions as bytes: EIP-1559, nothing older and nothing newer.

use alloy::consensus::{SignableTransaction, TxEip1559};
use alloy::eips::eip2718::Encodable2718;
use alloy::primitives::{B256, Bytes, Signature as RawSignature, TxKind};
use vaultpilot_intent::UnsignedTx;
use vaultpilot_ports::TxCodec;
use vaultpilot_ports::keys::Signature;

use crate::chains::Chains;

/// The codec. It needs no chain, so a process without endpoints can use it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Eip1559;

impl TxCodec for Eip1559 {
    fn signing_hash(&self, tx: &UnsignedTx) -> B256 {
        encode(tx).signature_hash()
    }

    fn seal(&self, tx: &UnsignedTx, signature: &Signature) -> Option<(Bytes, B256)> {
        let signature = RawSignature::new(signature.r, signature.s, signature.y_parity);
        // Nodes refuse the upper half (EIP-2), and it would be a second hash for one transaction.
        if signature.normalize_s().is_some() {
            return None;
        }
        let encoded = encode(tx);
        let signer = signature
            .recover_address_from_prehash(&encoded.signature_hash())
            .ok()?;
        if signer != tx.from {
            return None;
        }
        let sealed = encoded.into_signed(signature);
        Some((sealed.encoded_2718().into(), *sealed.hash()))
    }
}

impl TxCodec for Chains {
    fn signing_hash(&self, tx: &UnsignedTx) -> B256 {
        Eip1559.signing_hash(tx)
    }

    fn seal(&self, tx: &UnsignedTx, signature: &Signature) -> Option<(Bytes, B256)> {
        Eip1559.seal(tx, signature)
    }
}

fn encode(tx: &UnsignedTx) -> TxEip1559 {
    TxEip1559 {
        chain_id: tx.call.chain.reference(),
        nonce: tx.nonce,
        gas_limit: tx.fees.gas_limit,
        max_fee_per_gas: tx.fees.max_fee_per_gas.0,
        max_priority_fee_per_gas: tx.fees.max_priority_fee_per_gas.0,
        to: TxKind::Call(tx.call.to),
        value: tx.call.value.0,
        access_list: alloy::eips::eip2930::AccessList::default(),
        input: tx.call.data.clone(),
    }
}

#[cfg(test)]
mod tests;
