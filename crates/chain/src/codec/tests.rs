use alloy::consensus::TxEnvelope;
use alloy::eips::eip2718::Decodable2718;
use alloy::primitives::{Address, U256, address, keccak256};
use k256::ecdsa::SigningKey;
use vaultpilot_core::{BaseUnits, Call, ChainId, Wei};
use vaultpilot_intent::{Fees, UnsignedTx};
use vaultpilot_ports::TxCodec;
use vaultpilot_ports::keys::Signature;

use super::Eip1559;

/// The first account of every development node.
const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const OWNER: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
/// Order of the curve.
const ORDER: U256 = alloy::primitives::uint!(
    0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256
);

fn tx() -> UnsignedTx {
    UnsignedTx {
        from: OWNER,
        call: Call {
            chain: ChainId::eip155(31337),
            to: address!("00000000000000000000000000000000000000aa"),
            value: BaseUnits::from_u128(7),
            data: vec![1, 2, 3].into(),
        },
        nonce: 5,
        fees: Fees {
            gas_limit: 21_000,
            max_fee_per_gas: Wei(30),
            max_priority_fee_per_gas: Wei(2),
        },
    }
}

fn sign(tx: &UnsignedTx) -> Signature {
    let key = SigningKey::from_slice(&hex::decode(KEY).unwrap()).unwrap();
    let hash = Eip1559.signing_hash(tx);
    let (signature, recovery) = key.sign_prehash_recoverable(hash.as_slice()).unwrap();
    Signature {
        r: U256::from_be_slice(&signature.r().to_bytes()),
        s: U256::from_be_slice(&signature.s().to_bytes()),
        y_parity: recovery.is_y_odd(),
    }
}

#[test]
fn a_sealed_transaction_says_what_was_signed() {
    let tx = tx();
    let (raw, hash) = Eip1559.seal(&tx, &sign(&tx)).unwrap();
    assert_eq!(keccak256(&raw), hash);
    assert_eq!(raw[0], 2);
    let TxEnvelope::Eip1559(read) = TxEnvelope::decode_2718(&mut raw.as_ref()).unwrap() else {
        panic!("not EIP-1559")
    };
    assert_eq!(read.tx(), &super::encode(&tx));
    assert_eq!(read.recover_signer().unwrap(), OWNER);
}

#[test]
fn a_signature_of_somebody_else_seals_nothing() {
    let mut tx = tx();
    let signature = sign(&tx);
    tx.from = Address::ZERO;
    assert_eq!(Eip1559.seal(&tx, &signature), None);
}

#[test]
fn every_signed_field_counts() {
    let signed = tx();
    let signature = sign(&signed);
    let changes: [fn(&mut UnsignedTx); 8] = [
        |tx| tx.call.chain = ChainId::eip155(1),
        |tx| tx.call.to = OWNER,
        |tx| tx.call.value = BaseUnits::from_u128(8),
        |tx| tx.call.data = vec![1, 2].into(),
        |tx| tx.nonce = 6,
        |tx| tx.fees.gas_limit = 22_000,
        |tx| tx.fees.max_fee_per_gas = Wei(31),
        |tx| tx.fees.max_priority_fee_per_gas = Wei(3),
    ];
    for change in changes {
        let mut tx = tx();
        change(&mut tx);
        assert_ne!(Eip1559.signing_hash(&tx), Eip1559.signing_hash(&signed));
        assert_eq!(Eip1559.seal(&tx, &signature), None);
    }
}

#[test]
fn the_upper_half_is_refused_though_it_recovers() {
    let tx = tx();
    let low = sign(&tx);
    let high = Signature {
        s: ORDER - low.s,
        y_parity: !low.y_parity,
        ..low
    };
    let raw = alloy::primitives::Signature::new(high.r, high.s, high.y_parity);
    let signer = raw.recover_address_from_prehash(&Eip1559.signing_hash(&tx));
    assert_eq!(signer.unwrap(), OWNER);
    assert_eq!(Eip1559.seal(&tx, &high), None);
}

#[test]
fn nonsense_seals_nothing() {
    let zero = Signature {
        r: U256::ZERO,
        s: U256::ZERO,
        y_parity: false,
    };
    assert_eq!(Eip1559.seal(&tx(), &zero), None);
}
