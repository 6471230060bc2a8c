use vaultpilot_core::Wallet;
use vaultpilot_ports::chain::Movement;
use vaultpilot_testkit::fixture::{CHAIN, address, allowed, denied, eth, transfer, wallet};

use super::*;

fn treasury() -> Wallet {
    wallet().at_address(address(1)).build()
}

/// One coin of the treasury to somebody.
fn payment() -> Intent {
    transfer(&treasury()).of(eth(1)).to(address(2)).build()
}

fn moves(from: u64, to: u64, coins: u64) -> Movement {
    Movement {
        asset: Asset::native(CHAIN),
        from: address(from),
        to: address(to),
        amount: eth(coins),
    }
}

fn simulated(movements: Vec<Movement>) -> Simulation {
    Simulation {
        succeeded: true,
        error: None,
        gas_used: 21_000,
        movements,
    }
}

#[test]
fn the_same_outflow_in_parts_is_the_same() {
    let half = Movement {
        amount: BaseUnits::from_u128(500_000_000_000_000_000),
        ..moves(1, 2, 0)
    };
    for movements in [
        vec![moves(1, 2, 1)],
        vec![half, half],
        vec![moves(1, 2, 1), moves(1, 3, 0)],
        vec![moves(1, 2, 1), moves(2, 1, 7), moves(4, 5, 9)],
    ] {
        assert_eq!(matches_effects(&payment(), &simulated(movements)), Ok(()));
    }
}

#[test]
fn another_outflow_is_a_mismatch_that_tells_both() {
    for movements in [
        vec![],
        vec![moves(1, 2, 2)],
        vec![moves(1, 3, 1)],
        vec![moves(1, 2, 1), moves(1, 3, 1)],
        vec![moves(2, 1, 1)],
    ] {
        let refused = matches_effects(&payment(), &simulated(movements));
        let Err(Refusal::SimulationMismatch { detail }) = refused else {
            panic!("{refused:?}");
        };
        assert!(detail.contains("judged 1000000000000000000 of"), "{detail}");
        assert!(detail.contains("; simulated"), "{detail}");
    }
}

#[test]
fn a_simulation_that_fails_is_told_in_the_nodes_words() {
    for (error, detail) in [(Some("out of gas"), "out of gas"), (None, "reverted")] {
        let simulation = Simulation {
            succeeded: false,
            error: error.map(str::to_owned),
            ..simulated(vec![moves(1, 2, 1)])
        };
        let detail = detail.to_owned();
        let refused = matches_effects(&payment(), &simulation);
        assert_eq!(refused, Err(Refusal::SimulationFailed { detail }));
    }
}

#[test]
fn only_an_allow_of_this_very_version_authorizes() {
    let mut intent = payment();
    let decision = allowed();
    assert!(
        !is_authorized(&intent, &decision),
        "judged under no version"
    );
    intent.policy_version = decision.policy_version.to_string();
    intent.action_digest = Digest::of_action(
        intent.request_digest,
        &intent.request_id,
        &intent.policy_version,
    );
    assert!(is_authorized(&intent, &decision));
    let no = denied(vaultpilot_policy::ReasonCode::Frozen);
    assert!(!is_authorized(&intent, &no));
}

#[test]
fn effects_are_decoded_anew_from_the_bytes() {
    let mut intent = payment();
    let decision = allowed();
    intent.policy_version = decision.policy_version.to_string();
    let reseal = |intent: &mut Intent| {
        intent.request_digest = Digest::of_request(intent.tool, intent.wallet, &intent.call);
        intent.action_digest = Digest::of_action(
            intent.request_digest,
            &intent.request_id,
            &intent.policy_version,
        );
    };
    reseal(&mut intent);
    assert!(is_authorized(&intent, &decision));
    let mut smaller = intent.clone();
    if let Some(Effect::Outflow { amount, .. }) = smaller.effects.first_mut() {
        *amount = eth(0);
    }
    assert!(
        !is_authorized(&smaller, &decision),
        "what was judged is not what the bytes do"
    );
    let mut larger = intent;
    larger.call.value = eth(50);
    reseal(&mut larger);
    assert!(
        !is_authorized(&larger, &decision),
        "digests that fit are not enough"
    );
}
