//! Bytes of the fake chain: JSON of the transaction beside its fake signature.

use alloy_primitives::keccak256;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{B256, Bytes, U256};
use vaultpilot_intent::UnsignedTx;
use vaultpilot_ports::TxCodec;
use vaultpilot_ports::keys::Signature;

use super::FakeChain;
use crate::keys::fake_signature;

#[derive(Serialize, Deserialize)]
struct Sealed {
    tx: UnsignedTx,
    r: U256,
    s: U256,
    y_parity: bool,
}

/// The transaction in the bytes, when its signature is the one of its sender.
pub(super) fn open(raw: &Bytes) -> Option<UnsignedTx> {
    let Sealed { tx, r, s, y_parity } = serde_json::from_slice(raw).ok()?;
    let valid = fake_signature(tx.from, digest(&tx)) == Signature { r, s, y_parity };
    valid.then_some(tx)
}

fn digest(tx: &UnsignedTx) -> B256 {
    keccak256(json(tx))
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("integers, bytes and text always serialise")
}

impl TxCodec for FakeChain {
    fn signing_hash(&self, tx: &UnsignedTx) -> B256 {
        digest(tx)
    }

    fn seal(&self, tx: &UnsignedTx, signature: &Signature) -> Option<(Bytes, B256)> {
        let Signature { r, s, y_parity } = *signature;
        let raw = Bytes::from(json(&Sealed {
            tx: tx.clone(),
            r,
            s,
            y_parity,
        }));
        open(&raw)?;
        let hash = keccak256(&raw);
        Some((raw, hash))
    }
}
