use std::collections::BTreeSet;

use vaultpilot_core::{Address, Asset, ChainId, asset::Token};

use super::Problem;
use crate::{Document, Layer};

/// Every section of the format at once.
const EVERYTHING: &str = include_str!("everything.yaml");

fn decimals(asset: Asset) -> Option<u8> {
    matches!(asset.token, Token::Erc20(_)).then_some(6)
}

#[test]
fn every_section_is_read_and_what_is_not_enforced_is_told_by_its_place() {
    let document = Document::from_yaml(EVERYTHING).unwrap();
    let error = document.compile(&decimals).unwrap_err();
    let unsupported: Vec<&str> = error
        .problems
        .iter()
        .map(|problem| match problem {
            Problem::Unsupported { path, .. } => path.as_str(),
            other => panic!("{other}"),
        })
        .collect();
    let expected = [
        "spec.mode",
        "spec.approvals[0].require.quorum",
        "spec.contracts",
        "spec.allowances",
        "spec.signatures.message",
        "spec.signatures.typedData",
        "spec.gas.dailyBudget",
        "spec.swap",
        "spec.schedule",
    ];
    assert_eq!(unsupported, expected);
    assert_eq!(error.problems[0].path(), "spec.mode");
    assert!(
        error
            .to_string()
            .starts_with("spec.mode: monitor is not enforced by this version; ")
    );
}

#[test]
fn a_document_names_the_assets_whose_decimals_it_needs() {
    let document = Document::from_yaml(EVERYTHING).unwrap();
    let base = ChainId::eip155(8453);
    let token = Asset::erc20(base, Address::repeat_byte(0xaa));
    assert_eq!(
        document.assets(),
        BTreeSet::from([Asset::native(base), token])
    );
    // Native coins are never asked for.
    let asked = std::cell::RefCell::new(Vec::new());
    let _ = document.compile(&|asset| {
        asked.borrow_mut().push(asset);
        Some(6)
    });
    assert_eq!(asked.into_inner(), [token]);
}

#[test]
fn the_selector_makes_the_layer() {
    for (wallets, agents, layer) in [
        ("\"*\"", "\"*\"", Layer::Tenant),
        ("treasury", "\"*\"", Layer::Wallet),
        ("\"*\"", "bot", Layer::Agent),
        ("treasury, petty", "bot", Layer::Agent),
    ] {
        let text = format!(
            "apiVersion: vaultpilot.io/v1alpha1\nkind: Policy\nmetadata: {{ name: a }}\n\
             spec: {{ selector: {{ wallets: [{wallets}], agents: [{agents}] }} }}"
        );
        let policy = Document::from_yaml(&text)
            .unwrap()
            .compile(&decimals)
            .unwrap();
        assert_eq!(policy.layer(), layer, "{wallets} {agents}");
        assert_eq!(policy.clone().at_layer(Layer::Plan).layer(), Layer::Plan);
    }
}
