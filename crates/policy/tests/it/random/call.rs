//! Calls and what is known about them.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use proptest::{
    bool::weighted,
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::{select, subsequence},
};
use vaultpilot_core::{
    Address, Asset, BaseUnits, ChainId, Effect, Label, SignatureKind, Tool, Wei, clock,
};
use vaultpilot_policy::{
    Decision, Facts, Freeze, GasFacts, GrantedApproval, Policy, PolicySet, RecipientFacts, Usage,
    Used, decide,
};

use super::{AGENTS, WALLETS, now, people, units};
use crate::script::{CHAIN, agent, label, native, token};

/// All owned, so that a test can take facts away.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) agent: &'static str,
    pub(crate) ip_known: bool,
    pub(crate) tool: Tool,
    pub(crate) frozen: bool,
    pub(crate) wallet: Option<Label>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) gas: Option<GasFacts>,
    pub(crate) used: Used,
    pub(crate) usage_known: bool,
    pub(crate) balances: BTreeMap<Asset, BaseUnits>,
    pub(crate) recipients: BTreeMap<Address, RecipientFacts>,
    pub(crate) dry_run_seen: Option<bool>,
    pub(crate) approval: Option<GrantedApproval>,
}

pub(crate) fn call() -> impl Strategy<Value = Call> {
    let who = (
        select(&AGENTS[..]),
        option::weighted(0.95, select(&WALLETS[..])),
        tool(),
    );
    let flags = (weighted(0.95), weighted(0.03), weighted(0.95));
    let seen = option::weighted(0.9, weighted(0.7));
    let known = (
        btree_map(select(vec![native(), token()]), 6u32..40, 1..3),
        recipients(),
    );
    let rest = (
        option::weighted(0.95, gas()),
        used(),
        seen,
        option::weighted(0.3, approval()),
    );
    (who, flags, vec(effect(), 1..=2), known, rest).prop_map(
        |((agent, wallet, tool), (ip_known, frozen, usage_known), effects, known, rest)| {
            let (balances, recipients) = known;
            let (gas, used, dry_run_seen, approval) = rest;
            let balances = balances
                .into_iter()
                .map(|(asset, whole)| (asset, units(whole, asset)));
            Call {
                agent,
                ip_known,
                tool,
                frozen,
                wallet: wallet.map(label),
                effects: if tool == Tool::Transfer {
                    effects
                } else {
                    vec![]
                },
                gas,
                used,
                usage_known,
                balances: balances.collect(),
                recipients,
                dry_run_seen,
                approval,
            }
        },
    )
}

impl Call {
    pub(crate) fn judged(&self, set: &PolicySet) -> Decision {
        let mut caller = agent(self.agent);
        if !self.ip_known {
            caller.ip = None;
        }
        let keys = if self.usage_known {
            set.usage_keys(self.wallet.as_ref(), self.agent, &self.effects)
        } else {
            BTreeSet::new()
        };
        let usage = |key: vaultpilot_policy::UsageKey| {
            // The token's base units are larger ones: the same number of them would be a fortune.
            let spent = if key.asset == token() {
                BaseUnits::ZERO
            } else {
                self.used.spent
            };
            (key, Used { spent, ..self.used })
        };
        let usage: Usage = keys.into_iter().map(usage).collect();
        decide(
            set,
            &Facts {
                freeze: Freeze {
                    tenant: self.frozen,
                    ..Freeze::default()
                },
                wallet: self.wallet.as_ref(),
                effects: &self.effects,
                gas: self.gas,
                usage: &usage,
                balances: &self.balances,
                recipients: &self.recipients,
                dry_run_seen: self.dry_run_seen,
                approval: self.approval.as_ref(),
                ..Facts::new(now(), &caller, self.tool)
            },
        )
    }

    pub(crate) fn selected<'a>(&self, policies: &'a [Policy]) -> Vec<&'a Policy> {
        let speaks = |policy: &&Policy| policy.selects(self.wallet.as_ref(), self.agent);
        policies.iter().filter(speaks).collect()
    }
}

fn tool() -> impl Strategy<Value = Tool> {
    let rest = vec![
        Tool::GetBalances,
        Tool::CreateWallet,
        Tool::SimulateTransfer,
    ];
    prop_oneof![4 => Just(Tool::Transfer), 1 => select(rest)]
}

fn effect() -> impl Strategy<Value = Effect> {
    let assets = vec![native(), native(), native(), token()];
    let outflow = (select(assets), 0u32..8, select(people().to_vec())).prop_map(
        |(asset, amount, recipient)| Effect::Outflow {
            asset,
            amount: units(amount, asset),
            recipient,
        },
    );
    let spender = people()[0];
    let allowance = |amount| Effect::Allowance {
        asset: token(),
        spender,
        amount,
        expires_at: None,
    };
    let odd = vec![
        Effect::Signature {
            signature: SignatureKind::RawHash,
        },
        Effect::Opaque {
            chain: CHAIN,
            to: spender,
            selector: None,
        },
        allowance(BaseUnits::ZERO),
        allowance(BaseUnits::MAX),
        Effect::Outflow {
            asset: Asset::native(ChainId::eip155(1)),
            amount: BaseUnits::ZERO,
            recipient: spender,
        },
    ];
    prop_oneof![30 => outflow, 1 => select(odd)]
}

fn gas() -> impl Strategy<Value = GasFacts> {
    (0u64..3, 0u128..4).prop_map(|(cost, fee)| GasFacts {
        max_cost: Wei(u128::from(cost) * 1_000_000_000_000_000_000),
        max_fee_per_gas: Wei(fee * 1_000_000_000),
        max_priority_fee_per_gas: Wei(1),
    })
}

fn used() -> impl Strategy<Value = Used> {
    (0u32..8, 0u64..3).prop_map(|(spent, count)| Used {
        spent: units(spent, native()),
        count,
        oldest: Some(now()),
    })
}

fn approval() -> impl Strategy<Value = GrantedApproval> {
    let by = subsequence(vec!["maria", "group:board"], 1..=2);
    (any::<bool>(), by).prop_map(|(code, by)| GrantedApproval {
        id: "apr_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        quorum: 1,
        code,
        by: by.into_iter().map(str::to_owned).collect(),
    })
}

fn recipients() -> impl Strategy<Value = BTreeMap<Address, RecipientFacts>> {
    let ago = (0u64..48).prop_map(|hours| RecipientFacts {
        first_paid_at: clock::before(now(), Duration::from_hours(hours)),
    });
    btree_map(select(people().to_vec()), ago, 0..3)
}
