//! Documents that compile.

use proptest::{
    collection::vec,
    option::weighted,
    prelude::*,
    sample::{select, subsequence},
};
use serde_json::{Value, json};
use vaultpilot_policy::{Document, Policy};

use super::{AGENTS, WALLETS, people};
use crate::script::{CHAIN, decimals};

const PATTERNS: [&str; 4] = ["get_*", "transfer", "create_wallet", "*_transfer"];
const WINDOWS: [&str; 3] = ["1h", "24h", "7d"];

/// Policies with names of their own, so that sets of them can be joined.
pub(crate) fn policies(prefix: &'static str, at_most: usize) -> impl Strategy<Value = Vec<Policy>> {
    (0..=at_most).prop_flat_map(move |many| {
        let all: Vec<_> = (0..many)
            .map(|index| document(format!("{prefix}{index}")))
            .collect();
        all.prop_map(|all| {
            all.iter()
                .map(|one| one.compile(&decimals).unwrap())
                .collect()
        })
    })
}

pub(crate) fn document(name: String) -> impl Strategy<Value = Document> {
    let rest = (
        recipients(),
        approvals(),
        weighted(0.3, limit()),
        weighted(0.1, network()),
    );
    (selector(), tools(), assets(), rest).prop_map(
        move |(selector, tools, assets, (recipients, approvals, gas, network))| {
            let mut spec = json!({
                "selector": selector, "chains": [CHAIN.to_string()], "tools": tools,
                "assets": assets, "recipients": recipients,
            });
            if !assets.is_empty() {
                spec["approvals"] = json!(approvals);
            }
            if let Some(gas) = gas {
                spec["gas"] = json!({"maxFeePerGasGwei": gas.to_string()});
            }
            if let Some(network) = network {
                spec["network"] = network;
            }
            let document = json!({
                "apiVersion": "vaultpilot.io/v1alpha1", "kind": "Policy",
                "metadata": {"name": name}, "spec": spec,
            });
            Document::from_json(&document.to_string()).unwrap()
        },
    )
}

fn selector() -> impl Strategy<Value = Value> {
    let of = |names: &'static [&'static str]| {
        prop_oneof![
            2 => Just(json!(["*"])),
            1 => subsequence(names, 1..=names.len()).prop_map(|names| json!(names)),
        ]
    };
    (of(&WALLETS), of(&AGENTS))
        .prop_map(|(wallets, agents)| json!({"wallets": wallets, "agents": agents}))
}

fn tools() -> impl Strategy<Value = Value> {
    let some = || subsequence(&PATTERNS, 0..=2).prop_map(|patterns| json!(patterns));
    let allow =
        prop_oneof![4 => Just(json!(["*"])), 2 => Just(json!(["get_*", "transfer"])), 1 => some()];
    let deny = prop_oneof![12 => Just(json!([])), 1 => some()];
    let dry_run = prop_oneof![8 => Just(json!([])), 1 => Just(json!(["transfer"]))];
    (allow, deny, dry_run).prop_map(
        |(allow, deny, dry_run)| json!({"allow": allow, "deny": deny, "dryRunRequired": dry_run}),
    )
}

/// What is allowed: mostly more than is asked.
fn limit() -> impl Strategy<Value = u32> {
    2u32..16
}

fn assets() -> impl Strategy<Value = Vec<Value>> {
    let token = "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    (weighted(0.95, asset("native")), weighted(0.9, asset(token)))
        .prop_map(|(native, token)| native.into_iter().chain(token).collect())
}

fn asset(token: &'static str) -> impl Strategy<Value = Value> {
    let number = |often, limit| weighted(often, limit).prop_map(text);
    let (some, few) = (2u32..16, 1u32..4);
    let window = || select(&WINDOWS[..]);
    let rolling = vec((window(), limit()), 0..2);
    let count = vec((window(), 2u32..5), 0..2);
    (
        number(0.3, some.clone()),
        number(0.3, some),
        number(0.1, few),
        number(0.4, 1u32..8),
        rolling,
        count,
    )
        .prop_map(move |(per_tx, gas, floor, ask, rolling, count)| {
            let rolling = rolling
                .into_iter()
                .map(|(window, max)| (window, json!(max.to_string())));
            let count = count.into_iter().map(|(window, max)| (window, json!(max)));
            let rule = |(window, max): (&str, Value)| json!({"window": window, "max": max});
            let mut all = json!({
                "chain": CHAIN.to_string(), "token": token,
                "rolling": rolling.map(rule).collect::<Vec<_>>(),
                "count": count.map(rule).collect::<Vec<_>>(),
            });
            let gas = gas.filter(|_| token == "native");
            let names = ["perTx", "gasPerTx", "reserveFloor", "approvalAbove"];
            for (name, value) in names.into_iter().zip([per_tx, gas, floor, ask]) {
                if let Some(value) = value {
                    all[name] = value;
                }
            }
            all
        })
}

fn text(number: Option<u32>) -> Option<Value> {
    number.map(|number| json!(number.to_string()))
}

fn recipients() -> impl Strategy<Value = Value> {
    let deny = prop_oneof![8 => Just(vec![]), 1 => subsequence(people().to_vec(), 1)];
    let new = prop_oneof![8 => Just("allow"), 1 => Just("approve"), 1 => Just("deny")];
    let allow = subsequence(people().to_vec(), 0..=2);
    (allow, deny, new, select(vec!["0s", "24h"])).prop_map(|(allow, deny, new, cooldown)| {
        let show = |all: Vec<_>| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        json!({
            "allow": show(allow), "deny": show(deny), "newRecipient": new, "cooldown": cooldown,
        })
    })
}

fn approvals() -> impl Strategy<Value = Vec<Value>> {
    let rule = (
        limit(),
        subsequence(vec!["maria", "group:board"], 0..=2),
        any::<bool>(),
    );
    vec(rule, 0..2).prop_map(|rules| {
        let rule = |(above, of, code): (u32, Vec<&str>, bool)| {
            json!({
                "when": {"amountAbove": above.to_string()},
                "require": {"quorum": 1, "of": of}, "ttl": "10m", "code": code,
            })
        };
        rules.into_iter().map(rule).collect()
    })
}

fn network() -> impl Strategy<Value = Value> {
    select(vec!["127.0.0.0/8", "127.0.0.1", "10.0.0.0/8"])
        .prop_map(|network| json!({"ipAllow": [network]}))
}
