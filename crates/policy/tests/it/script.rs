//! The small language of the transcripts: a world, commands that change it, and what it answers.

pub(crate) mod command;
mod render;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use vaultpilot_core::{
    Address, Asset, BaseUnits, Caller, CallerKind, ChainId, Effect, Label, Role, TenantId,
    Timestamp, Tool, Wei, clock,
};
use vaultpilot_policy::{
    CounterScope, Decision, Facts, Freeze, GasFacts, GrantedApproval, Policy, PolicySet, RateBook,
    RecipientFacts, Usage, UsageKey, Used, admit, decide,
};

pub(crate) const CHAIN: ChainId = ChainId::eip155(31337);
/// A token of six decimals, known to every script.
pub(crate) const TOKEN: Address = Address::repeat_byte(0xaa);

pub(crate) fn native() -> Asset {
    Asset::native(CHAIN)
}

pub(crate) fn token() -> Asset {
    Asset::erc20(CHAIN, TOKEN)
}

/// What compiling a document asks: the token's decimals, and nobody else's.
pub(crate) fn decimals(asset: Asset) -> Option<u8> {
    (asset.token == vaultpilot_core::asset::Token::Erc20(TOKEN)).then_some(6)
}

pub(crate) fn label(text: &str) -> Label {
    text.parse().unwrap()
}

pub(crate) fn agent(name: &str) -> Caller {
    Caller {
        tenant: "tnt_01ARZ3NDEKTSV4RRFFQ69G5FAV"
            .parse::<TenantId>()
            .unwrap(),
        kind: CallerKind::Agent {
            key: "key_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
            name: label(name),
        },
        role: Role::Agent,
        scopes: vec![],
        ip: Some([127, 0, 0, 1].into()),
    }
}

/// One payment of the past.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) at: Timestamp,
    pub(crate) wallet: Label,
    pub(crate) agent: String,
    pub(crate) asset: Asset,
    pub(crate) amount: BaseUnits,
}

/// A ledger that sums by walking the list: slow, and easy to believe.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger(pub(crate) Vec<Payment>);

impl Ledger {
    pub(crate) fn used(&self, key: UsageKey, wallet: &Label, agent: &str, now: Timestamp) -> Used {
        let start = clock::before(now, key.window);
        let counts = |payment: &&Payment| {
            payment.asset == key.asset
                && payment.at > start
                && match key.scope {
                    CounterScope::Tenant => true,
                    CounterScope::Wallet => payment.wallet == *wallet,
                    CounterScope::Agent => payment.wallet == *wallet && payment.agent == agent,
                }
        };
        let mut used = Used::default();
        for payment in self.0.iter().filter(counts) {
            used.spent = used.spent.checked_add(payment.amount).unwrap();
            used.count += 1;
            used.oldest = Some(used.oldest.map_or(payment.at, |at| at.min(payment.at)));
        }
        used
    }

    pub(crate) fn usage(
        &self,
        keys: &BTreeSet<UsageKey>,
        wallet: &Label,
        agent: &str,
        now: Timestamp,
    ) -> Usage {
        keys.iter()
            .map(|key| (*key, self.used(*key, wallet, agent, now)))
            .collect()
    }
}

/// Everything a decision can depend on.
pub(crate) struct World {
    pub(crate) policies: BTreeMap<String, Policy>,
    pub(crate) now: Timestamp,
    pub(crate) caller: Caller,
    pub(crate) wallet: Option<Label>,
    pub(crate) freeze: Freeze,
    pub(crate) gas: Option<GasFacts>,
    pub(crate) balances: BTreeMap<Asset, BaseUnits>,
    pub(crate) recipients: BTreeMap<Address, RecipientFacts>,
    pub(crate) dry_run_seen: Option<bool>,
    pub(crate) approval: Option<GrantedApproval>,
    pub(crate) ledger: Ledger,
    pub(crate) ledger_answers: bool,
    pub(crate) rates: RateBook,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            policies: BTreeMap::new(),
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
            caller: agent("bot"),
            wallet: Some(label("treasury")),
            freeze: Freeze::default(),
            gas: Some(GasFacts {
                max_cost: Wei(21_000_000_000_000),
                max_fee_per_gas: Wei(1_000_000_000),
                max_priority_fee_per_gas: Wei(100_000_000),
            }),
            balances: BTreeMap::from([
                (native(), BaseUnits::parse("10", 18).unwrap()),
                (token(), BaseUnits::parse("1000", 6).unwrap()),
            ]),
            recipients: BTreeMap::new(),
            dry_run_seen: None,
            approval: None,
            ledger: Ledger::default(),
            ledger_answers: true,
            rates: RateBook::new(),
        }
    }

    pub(crate) fn set(&self) -> PolicySet {
        PolicySet::new(self.policies.values().cloned().collect())
    }

    pub(crate) fn wait(&mut self, duration: Duration) {
        self.now = clock::after(self.now, duration);
    }

    /// Judges, and when it is allowed writes the payments into the ledger.
    pub(crate) fn decide(&mut self, tool: Tool, effects: &[Effect]) -> Decision {
        let set = self.set();
        let agent = self.caller.name().to_owned();
        let keys = set.usage_keys(self.wallet.as_ref(), &agent, effects);
        let usage = match &self.wallet {
            Some(wallet) if self.ledger_answers => {
                self.ledger.usage(&keys, wallet, &agent, self.now)
            }
            _ => Usage::new(),
        };
        let decision = decide(
            &set,
            &Facts {
                effects,
                usage: &usage,
                ..self.facts(tool)
            },
        );
        if decision.is_allow() {
            self.record(effects);
        }
        decision
    }

    pub(crate) fn admit(&mut self, tool: Tool) -> Decision {
        let mut rates = std::mem::take(&mut self.rates);
        let decision = admit(&self.set(), &self.facts(tool), &mut rates);
        self.rates = rates;
        decision
    }

    fn facts(&self, tool: Tool) -> Facts<'_> {
        Facts {
            freeze: self.freeze.clone(),
            wallet: self.wallet.as_ref(),
            gas: self.gas,
            balances: &self.balances,
            recipients: &self.recipients,
            dry_run_seen: self.dry_run_seen,
            approval: self.approval.as_ref(),
            ..Facts::new(self.now, &self.caller, tool)
        }
    }

    fn record(&mut self, effects: &[Effect]) {
        let Some(wallet) = &self.wallet else { return };
        let mut sums: BTreeMap<Asset, BaseUnits> = BTreeMap::new();
        for effect in effects {
            let Effect::Outflow {
                asset,
                amount,
                recipient,
            } = effect
            else {
                continue;
            };
            let sum = sums.entry(*asset).or_default();
            *sum = sum.checked_add(*amount).unwrap();
            let known = RecipientFacts {
                first_paid_at: self.now,
            };
            self.recipients.entry(*recipient).or_insert(known);
        }
        self.ledger
            .0
            .extend(sums.into_iter().map(|(asset, amount)| Payment {
                at: self.now,
                wallet: wallet.clone(),
                agent: self.caller.name().to_owned(),
                asset,
                amount,
            }));
    }
}
