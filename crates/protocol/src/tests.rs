use alloy_primitives::{Address, Bytes, U256, address, hex};
use alloy_sol_types::SolCall;
use vaultpilot_core::{Asset, BaseUnits, Call, ChainId, Effect};

use super::*;

const CHAIN: ChainId = ChainId::eip155(31337);
const TOKEN: Address = address!("5FbDB2315678afecb367f032d93F642f64180aa3");
const WALLET: Address = address!("3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
const BOB: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");

#[test]
fn what_is_built_decodes_to_itself() {
    for asset in [Asset::native(CHAIN), Asset::erc20(CHAIN, TOKEN)] {
        let amount = BaseUnits::from_u128(1_234);
        let effects = decode(WALLET, &transfer(asset, amount, BOB));
        assert_eq!(
            effects,
            [Effect::Outflow {
                asset,
                amount,
                recipient: BOB
            }]
        );
    }
}

#[test]
fn erc20_transfer_is_the_standard_encoding() {
    let call = transfer(Asset::erc20(CHAIN, TOKEN), BaseUnits::from_u128(1), BOB);
    assert_eq!(call.data[..4], hex!("a9059cbb"));
    assert_eq!(call.data.len(), 68);
}

#[test]
fn value_sent_along_is_an_outflow_too() {
    let mut call = transfer(Asset::erc20(CHAIN, TOKEN), BaseUnits::from_u128(1), BOB);
    call.value = BaseUnits::from_u128(9);
    let native = Effect::Outflow {
        asset: Asset::native(CHAIN),
        amount: BaseUnits::from_u128(9),
        recipient: TOKEN,
    };
    assert_eq!(decode(WALLET, &call)[0], native);
    assert_eq!(decode(WALLET, &call).len(), 2);
}

#[test]
fn what_is_not_exact_is_opaque() {
    let good = transfer(Asset::erc20(CHAIN, TOKEN), BaseUnits::from_u128(1), BOB);
    let trailing: Bytes = [good.data.as_ref(), &[0]].concat().into();
    let short: Bytes = good.data[..67].to_vec().into();
    let mut dirty = good.data.to_vec();
    dirty[4] = 1; // the address word's padding
    let from = Erc20::transferFromCall {
        from: BOB,
        to: BOB,
        amount: U256::from(1),
    }
    .abi_encode();
    for data in [
        trailing,
        short,
        dirty.into(),
        from.into(),
        Bytes::from_static(&[1]),
    ] {
        let call = Call {
            data,
            ..good.clone()
        };
        assert!(
            matches!(decode(WALLET, &call)[..], [Effect::Opaque { .. }]),
            "{call:?}"
        );
    }
}

#[test]
fn approve_is_an_allowance() {
    let data = Erc20::approveCall {
        spender: BOB,
        amount: U256::MAX,
    }
    .abi_encode();
    let call = Call {
        chain: CHAIN,
        to: TOKEN,
        value: BaseUnits::ZERO,
        data: data.into(),
    };
    assert!(matches!(
        decode(WALLET, &call)[..],
        [Effect::Allowance {
            spender: BOB,
            amount: BaseUnits::MAX,
            ..
        }]
    ));
}
