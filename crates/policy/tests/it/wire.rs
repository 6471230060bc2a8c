//! The outward shape of a decision, which clients and the audit trail read.

use serde_json::{Value, json};
use vaultpilot_core::{BaseUnits, Effect, Tool};
use vaultpilot_policy::{Decision, Document, ReasonCode};

use crate::{
    random::people,
    script::{World, decimals, native},
};

fn world() -> World {
    let text = r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: { name: guard }
spec:
  selector: { wallets: ["*"], agents: ["*"] }
  chains: ["eip155:31337"]
  tools: { allow: [transfer] }
  assets:
    - chain: eip155:31337
      token: native
      approvalAbove: "1"
      rolling: [{ window: 24h, max: "2" }]
  recipients: { newRecipient: allow }
"#;
    let mut world = World::new();
    let policy = Document::from_yaml(text)
        .unwrap()
        .compile(&decimals)
        .unwrap();
    world.policies.insert("guard".to_owned(), policy);
    world
}

fn paid(world: &mut World, amount: &str) -> Decision {
    let amount = BaseUnits::parse(amount, 18).unwrap();
    let effect = Effect::Outflow {
        asset: native(),
        amount,
        recipient: people()[0],
    };
    world.decide(Tool::Transfer, &[effect])
}

/// The version is checked apart: it changes with the policy's text.
fn shape(decision: &Decision) -> Value {
    let mut value = serde_json::to_value(decision).unwrap();
    let version = value
        .as_object_mut()
        .unwrap()
        .remove("policy_version")
        .unwrap();
    let version = version.as_str().unwrap();
    assert!(
        version.len() == 16 && version.bytes().all(|b| b.is_ascii_hexdigit()),
        "{version}"
    );
    assert_eq!(version, decision.policy_version.to_string());
    value
}

#[test]
fn an_allow() {
    let decision = paid(&mut world(), "1");
    let expected = json!({
        "outcome": "allow",
        "matched_rules": [{"policy": "guard", "rule": "assets[0]"}],
        "reasons": [],
    });
    assert_eq!(shape(&decision), expected);
    assert_eq!(decision.headline(), "allowed");
}

#[test]
fn a_question() {
    let decision = paid(&mut world(), "1.5");
    let message =
        "1.5 of the native coin on eip155:31337 is above 1, where policy guard asks a person";
    let expected = json!({
        "outcome": "needs_approval",
        "approval_terms": {
            "quorum": 1, "of": [], "ttl": "30m", "code": true, "policy": "guard",
        },
        "matched_rules": [
            {"policy": "guard", "rule": "assets[0]"},
            {"policy": "guard", "rule": "assets[0].approvalAbove"},
        ],
        "reasons": [{
            "code": "approval_required", "message": message, "policy": "guard",
            "rule": "assets[0].approvalAbove",
            "asset": {"chain": "eip155:31337", "token": "native"},
            "limit": "1", "requested": "1.5", "would_pass": "1", "retryable": false,
        }],
    });
    assert_eq!(shape(&decision), expected);
    assert_eq!(
        decision.headline(),
        format!("needs approval (approval_required): {message}")
    );
}

#[test]
fn a_denial() {
    let mut world = world();
    assert!(paid(&mut world, "0.5").is_allow());
    let decision = paid(&mut world, "1.75");
    let message = "policy guard lets at most 2 of the native coin on eip155:31337 be spent in 24h; \
                   0.5 is spent, 1.5 is left, 1.75 was asked";
    let expected = json!({
        "outcome": "deny",
        "matched_rules": [{"policy": "guard", "rule": "assets[0].rolling[0]"}],
        "reasons": [{
            "code": "rolling_limit", "message": message, "policy": "guard",
            "rule": "assets[0].rolling[0]",
            "asset": {"chain": "eip155:31337", "token": "native"},
            "limit": "2", "used": "0.5", "requested": "1.75", "remaining": "1.5",
            "would_pass": "1.5", "resets_at": "2026-01-02T00:00:00Z", "retryable": true,
        }],
    });
    assert_eq!(shape(&decision), expected);
    world.freeze.tenant = true;
    let both = paid(&mut world, "1.75");
    let thaw = "the tenant is frozen; nothing is signed until a person thaws it";
    assert_eq!(
        both.headline(),
        format!("denied (frozen): {thaw} (and 1 more reason)")
    );
}

#[test]
fn codes_are_the_stable_words_and_each_is_explained() {
    let names: Vec<&str> = ReasonCode::ALL.iter().map(|code| code.as_str()).collect();
    let stable = "frozen tool_not_allowed ip_not_allowed rate_limited chain_not_allowed \
        asset_not_allowed recipient_not_allowed contract_not_allowed selector_not_allowed \
        opaque_call per_tx_limit rolling_limit count_limit gas_limit reserve_floor \
        allowance_limit signature_not_allowed outside_schedule dry_run_required \
        approval_required approval_expired simulation_failed simulation_mismatch \
        duplicate_suspected request_conflict insufficient_funds plan_limit policy_error";
    assert_eq!(names, stable.split_whitespace().collect::<Vec<_>>());
    for code in ReasonCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), json!(code.as_str()));
        assert!(code.explain().ends_with('.'));
    }
}

#[test]
fn the_schema_of_a_decision_can_be_made() {
    let schema = schemars::schema_for!(Decision).to_value().to_string();
    for field in [
        "outcome",
        "approval_terms",
        "policy_version",
        "matched_rules",
        "would_pass",
    ] {
        assert!(schema.contains(&format!("\"{field}\"")), "{field}");
    }
}
