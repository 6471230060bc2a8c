//! Laws of layers, over random policies and calls.

use std::collections::BTreeMap;

use proptest::prelude::*;
use vaultpilot_policy::{Layer, Policy, PolicySet, Reason, ReasonCode};

use crate::random::{Call, call, policies, rank};
use crate::script::token;

fn set(policies: &[Policy]) -> PolicySet {
    PolicySet::new(policies.to_vec())
}

fn of_layer(policies: Vec<Policy>, layer: Layer) -> Vec<Policy> {
    policies
        .into_iter()
        .filter(|policy| policy.layer() == layer)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// The whole answer, words and all, is the same for every order of the policies.
    #[test]
    fn order_of_policies_is_never_seen(
        policies in policies("p", 7), keys in proptest::collection::vec(any::<u32>(), 7), call in call(),
    ) {
        let mut shuffled: Vec<(u32, Policy)> = keys.into_iter().zip(policies.clone()).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Policy> = shuffled.into_iter().map(|(_, policy)| policy).collect();
        let (one, other) = (set(&policies), set(&shuffled));
        prop_assert_eq!(one.version(), other.version());
        prop_assert_eq!(call.judged(&one), call.judged(&other));
    }

    /// A layer that had no say yet can turn an answer only towards no.
    #[test]
    fn a_narrower_layer_never_allows_more(
        broad in policies("broad", 5), narrow in policies("narrow", 5), call in call(),
        layer in prop_oneof![Just(Layer::Tenant), Just(Layer::Wallet), Just(Layer::Agent)],
    ) {
        let broad: Vec<Policy> = broad.into_iter().filter(|policy| policy.layer() < layer).collect();
        if call.selected(&broad).is_empty() {
            return Ok(());
        }
        let narrow = of_layer(narrow, layer);
        let both: Vec<Policy> = broad.iter().chain(&narrow).cloned().collect();
        let (before, after) = (call.judged(&set(&broad)), call.judged(&set(&both)));
        prop_assert!(rank(&after) >= rank(&before), "{before:?} became {after:?}");
    }

    /// Across layers the most restrictive wins, and nothing else.
    #[test]
    fn the_answer_is_the_most_restrictive_of_the_layers(
        policies in policies("p", 8), call in call(),
    ) {
        let mut layers: BTreeMap<Layer, Vec<Policy>> = BTreeMap::new();
        for policy in call.selected(&policies) {
            layers.entry(policy.layer()).or_default().push(policy.clone());
        }
        if layers.is_empty() {
            return Ok(());
        }
        let apart = layers.values().map(|layer| rank(&call.judged(&set(layer)))).max().unwrap();
        prop_assert_eq!(rank(&call.judged(&set(&policies))), apart);
    }

    /// Within a layer, one more policy may allow what none spoke of, but lifts no deny list.
    #[test]
    fn no_policy_lifts_a_deny_list(
        policies in policies("p", 5), more in policies("more", 3), call in call(),
    ) {
        let listed = |reason: &Reason| {
            matches!(reason.rule.as_deref(), Some("tools.deny" | "recipients.deny"))
        };
        let before = call.judged(&set(&policies));
        if !before.reasons.iter().any(listed) {
            return Ok(());
        }
        let all: Vec<Policy> = policies.into_iter().chain(more).collect();
        prop_assert!(call.judged(&set(&all)).is_deny());
    }

    /// Policies that do not speak about the call change nothing but the version.
    #[test]
    fn the_index_finds_those_that_speak_and_no_other(
        policies in policies("p", 8), call in call(),
    ) {
        let whole = set(&policies);
        let mut walked: Vec<&Policy> = call.selected(&policies);
        walked.sort_by_key(|policy| (policy.layer(), policy.name().clone()));
        prop_assert_eq!(whole.selecting(call.wallet.as_ref(), call.agent), walked.clone());
        let walked: Vec<Policy> = walked.into_iter().cloned().collect();
        let (mut one, other) = (call.judged(&whole), call.judged(&set(&walked)));
        one.policy_version = other.policy_version;
        prop_assert_eq!(one, other);
    }

    /// Not knowing never helps.
    #[test]
    fn a_missing_fact_never_allows_more(policies in policies("p", 5), call in call()) {
        let set = set(&policies);
        let known = rank(&call.judged(&set));
        let without: [fn(&mut Call); 5] = [
            |call| call.usage_known = false,
            |call| call.ip_known = false,
            |call| call.dry_run_seen = None,
            |call| call.recipients.clear(),
            |call| call.approval = None,
        ];
        for (index, forget) in without.into_iter().enumerate() {
            let mut call = call.clone();
            forget(&mut call);
            prop_assert!(rank(&call.judged(&set)) >= known, "fact {index}");
        }
    }

    /// What is said to pass does pass, and one base unit more does not.
    #[test]
    fn what_would_pass_passes_and_no_unit_more(
        policies in policies("p", 4), mut call in call()) {
        use vaultpilot_core::{BaseUnits, Effect};
        call.effects.truncate(1);
        let set = set(&policies);
        let before = call.judged(&set);
        let told = before.reasons.iter().find_map(|reason| {
            Some((reason.would_pass.clone()?, reason.asset?))
        });
        let Some((told, asset)) = told else { return Ok(()) };
        let decimals = if asset == token() { 6 } else { 18 };
        let told = BaseUnits::parse(&told, decimals).unwrap();
        let with = |new: BaseUnits| {
            let mut call = call.clone();
            for effect in &mut call.effects {
                if let Effect::Outflow { amount, .. } = effect {
                    *amount = new;
                }
            }
            rank(&call.judged(&set))
        };
        let more = told.checked_add(BaseUnits::from_u128(1)).unwrap();
        prop_assert!(with(told) < rank(&before), "{told} of {asset} still is {before:?}");
        prop_assert_eq!(with(more), rank(&before));
    }

    /// A decision survives being stored.
    #[test]
    fn a_decision_reads_back(policies in policies("p", 5), call in call()) {
        let decision = call.judged(&set(&policies));
        let text = serde_json::to_string(&decision).unwrap();
        prop_assert_eq!(serde_json::from_str::<vaultpilot_policy::Decision>(&text).unwrap(), decision);
    }
}

/// The laws above say little if random calls are all denied: most kinds of answers must occur.
#[test]
fn random_calls_meet_all_outcomes_and_most_reasons() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut outcomes = [0; 3];
    let mut codes = BTreeMap::new();
    let mut would_pass = 0;
    for _ in 0..2_000 {
        let tree = (policies("p", 5), call()).new_tree(&mut runner).unwrap();
        let (policies, call) = tree.current();
        let decision = call.judged(&set(&policies));
        if !call.selected(&policies).is_empty() {
            outcomes[usize::from(rank(&decision))] += 1;
        }
        would_pass += usize::from(
            decision
                .reasons
                .iter()
                .any(|reason| reason.would_pass.is_some()),
        );
        for reason in decision.reasons {
            *codes.entry(reason.code).or_insert(0) += 1;
        }
    }
    assert!(outcomes.iter().all(|times| *times >= 50), "{outcomes:?}");
    assert!(would_pass >= 20, "{would_pass}");
    for code in [
        ReasonCode::PerTxLimit,
        ReasonCode::RollingLimit,
        ReasonCode::CountLimit,
        ReasonCode::GasLimit,
        ReasonCode::ReserveFloor,
        ReasonCode::RecipientNotAllowed,
        ReasonCode::IpNotAllowed,
        ReasonCode::DryRunRequired,
        ReasonCode::ApprovalRequired,
        ReasonCode::InsufficientFunds,
        ReasonCode::AssetNotAllowed,
        ReasonCode::Frozen,
        ReasonCode::PolicyError,
    ] {
        assert!(
            codes.get(&code).is_some_and(|times| *times >= 5),
            "{code}: {codes:?}"
        );
    }
}
