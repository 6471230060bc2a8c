//! Windows against a naive recount: random payments of random agents from random wallets, judged
//! with the sums `usage_keys` asks for, then counted again by hand over the whole history.

use std::time::Duration;

use proptest::{collection::vec, prelude::*, sample::select};
use vaultpilot_core::{BaseUnits, Effect, Label, Timestamp, Tool, clock};
use vaultpilot_policy::Document;

use crate::{
    random::{now, people, units},
    script::{Payment, World, agent, decimals, label, native},
};

#[derive(Debug, Clone)]
struct Try {
    wait: u64,
    wallet: &'static str,
    agent: &'static str,
    whole: u32,
}

/// One rule, as the history is checked by: who is summed, over how long, how much and how often.
struct Rule {
    window: Duration,
    max: BaseUnits,
    times: usize,
    covers: fn(&Payment) -> bool,
    same: fn(&Payment, &Payment) -> bool,
}

fn spec(
    wallets: &str,
    agents: &str,
    name: &str,
    (minutes, max, times): (u64, u32, u64),
) -> Document {
    let text = format!(
        r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: {{ name: {name} }}
spec:
  selector: {{ wallets: [{wallets}], agents: [{agents}] }}
  chains: ["eip155:31337"]
  tools: {{ allow: [transfer] }}
  assets:
    - chain: eip155:31337
      token: native
      rolling: [{{ window: {minutes}m, max: "{max}" }}]
      count: [{{ window: {minutes}m, max: {times} }}]
  recipients: {{ newRecipient: allow }}
"#
    );
    Document::from_yaml(&text).unwrap()
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (
        0u64..30,
        select(vec!["treasury", "petty"]),
        select(vec!["bot", "clerk"]),
        0u32..6,
    );
    vec(one, 1..60).prop_map(|all| {
        all.into_iter()
            .map(|(wait, wallet, agent, whole)| Try {
                wait,
                wallet,
                agent,
                whole,
            })
            .collect()
    })
}

fn numbers() -> impl Strategy<Value = (u64, u32, u64)> {
    (1u64..120, 1u32..20, 1u64..10)
}

fn rules(all: [(u64, u32, u64); 3]) -> [Rule; 3] {
    let rule = |(minutes, max, times): (u64, u32, u64), covers, same| Rule {
        window: Duration::from_mins(minutes),
        max: units(max, native()),
        times: usize::try_from(times).unwrap(),
        covers,
        same,
    };
    let [tenant, wallet, by_agent] = all;
    [
        rule(tenant, |_| true, |_, _| true),
        rule(wallet, |_| true, |a, b| a.wallet == b.wallet),
        rule(
            by_agent,
            |payment| payment.agent == "bot",
            |a, b| a.agent == b.agent && a.wallet == b.wallet,
        ),
    ]
}

/// Whether the new payment keeps within the rule, walked over everything paid before.
fn fits(rule: &Rule, history: &[Payment], new: &Payment) -> bool {
    if !(rule.covers)(new) {
        return true;
    }
    let mut sum = new.amount;
    let mut times = 1;
    for old in history {
        let age = new.at.duration_since(old.at).unsigned_abs();
        if (rule.same)(old, new) && age < rule.window {
            sum = sum.checked_add(old.amount).unwrap();
            times += 1;
        }
    }
    sum <= rule.max && times <= rule.times
}

fn payment(at: Timestamp, wallet: Label, one: &Try) -> Payment {
    Payment {
        at,
        wallet,
        agent: one.agent.to_owned(),
        asset: native(),
        amount: units(one.whole, native()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn windows_agree_with_a_naive_recount(
        tries in tries(), tenant in numbers(), wallet in numbers(), by_agent in numbers(),
    ) {
        let mut world = World::new();
        world.now = now();
        world.balances.clear();
        for document in [
            spec("\"*\"", "\"*\"", "tenant", tenant),
            spec("treasury, petty", "\"*\"", "wallet", wallet),
            spec("\"*\"", "bot", "agent", by_agent),
        ] {
            let policy = document.compile(&decimals).unwrap();
            world.policies.insert(policy.name().to_string(), policy);
        }
        let rules = rules([tenant, wallet, by_agent]);
        let mut history: Vec<Payment> = Vec::new();
        for one in tries {
            world.now = clock::after(world.now, Duration::from_mins(one.wait));
            world.caller = agent(one.agent);
            world.wallet = Some(label(one.wallet));
            let new = payment(world.now, label(one.wallet), &one);
            let amount = new.amount;
            let effect = Effect::Outflow { asset: native(), amount, recipient: people()[0] };
            let expected = rules.iter().all(|rule| fits(rule, &history, &new));
            let decision = world.decide(Tool::Transfer, &[effect]);
            prop_assert_eq!(decision.is_allow(), expected, "{:?}: {:?}", one, decision);
            prop_assert_eq!(decision.is_deny(), !expected);
            if expected {
                history.push(new);
            }
        }
    }
}
