//! The policies that ship compile, and say what their documentation says.

use vaultpilot_core::{BaseUnits, Effect, Tool, ToolClass};
use vaultpilot_policy::{DEVNET_GUARD, Document, Layer};

use crate::script::{World, command::address, decimals, native};

#[test]
fn every_example_compiles() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        Document::from_yaml(&text)
            .unwrap()
            .compile(&decimals)
            .unwrap();
        seen += 1;
    }
    assert!(seen > 0);
}

fn guarded() -> World {
    let policy = Document::from_yaml(DEVNET_GUARD)
        .unwrap()
        .compile(&|_| None)
        .unwrap();
    assert_eq!(policy.layer(), Layer::Tenant);
    let mut world = World::new();
    world.policies.insert("devnet-guard".to_owned(), policy);
    world
}

fn pay(amount: &str) -> [Effect; 1] {
    let amount = BaseUnits::parse(amount, 18).unwrap();
    [Effect::Outflow {
        asset: native(),
        amount,
        recipient: address("alice"),
    }]
}

#[test]
fn devnet_guard_lets_small_payments_pass_asks_above_and_denies_beyond() {
    let mut world = guarded();
    assert!(world.decide(Tool::Transfer, &pay("0.05")).is_allow());
    let asked = world.decide(Tool::Transfer, &pay("0.06"));
    assert!(
        asked
            .approval()
            .is_some_and(|terms| terms.code && terms.quorum == 1),
        "{asked:?}"
    );
    assert!(world.decide(Tool::Transfer, &pay("0.11")).is_deny());
    for _ in 0..19 {
        assert!(world.decide(Tool::Transfer, &pay("0.05")).is_allow());
    }
    assert!(
        world.decide(Tool::Transfer, &pay("0.05")).is_deny(),
        "1.0 is spent"
    );
}

#[test]
fn devnet_guard_allows_every_read_and_every_change_of_our_own_state() {
    for tool in Tool::ALL.iter().filter(|tool| tool.class() < ToolClass::S2) {
        for wallet in [true, false] {
            let mut world = guarded();
            if !wallet {
                world.wallet = None;
            }
            assert!(world.admit(*tool).is_allow(), "{tool}");
            assert!(world.decide(*tool, &[]).is_allow(), "{tool}");
        }
    }
}
