//! The small language of the transcripts: a world, commands that change it, and what it answers.

pub mod command;
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

pub const CHAIN: ChainId = ChainId::eip155(31337);
/// A token of six decimals, known to every script.
pub const TOKEN: Address = Address::repeat_byte(0xaa);

pub fn native() -> Asset {
    Asset::native(CHAIN)
}

pub fn token() -> Asset {
    Asset::erc20(CHAIN, TOKEN)
}

/// What compiling a document asks: the token's decimals, and nobody else's.
pub fn decimals(asset: Asset) -> Option<u8> {
    (asset.token == vaultpilot_core::asset::Token::Erc20(TOKEN)).then_some(6)
}

pub fn label(text: &str) -> Label {
    text.parse().unwrap()
}

pub fn agent(name: &str) -> Caller {
    Caller {
        tenant: "tnt_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse::<TenantId>().unwrap(),
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
pub struct Payment {
    pub at: Timestamp,
    pub wallet: Label,
    pub agent: String,
    pub asset: Asset,
    pub amount: BaseUnits,
}

/// A ledger that sums by walking the list: slow, and easy to believe.
#[derive(Debug, Clone, Default)]
pub struct Ledger(pub Vec<Payment>);

impl Ledger {
    pub fn used(&self, key: UsageKey, wallet: &Label, agent: &str, now: Timestamp) -> Used {
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

    pub fn usage(
        &self,
        keys: &BTreeSet<UsageKey>,
        wallet: &Label,
        agent: &str,
        now: Timestamp,
    ) -> Usage {
        keys.iter().map(|key| (*key, self.used(*key, wallet, agent, now))).collect()
    }
}

/// Everything a decision can depend on.
pub struct World {
    pub policies: BTreeMap<String, Policy>,
    pub now: Timestamp,
    pub caller: Caller,
    pub wallet: Option<Label>,
    pub freeze: Freeze,
    pub gas: Option<GasFacts>,
    pub balances: BTreeMap<Asset, BaseUnits>,
    pub recipients: BTreeMap<Address, RecipientFacts>,
    pub dry_run_seen: Option<bool>,
    pub approval: Option<GrantedApproval>,
    pub ledger: Ledger,
    pub ledger_answers: bool,
    pub rates: RateBook,
}

impl World {
    pub fn new() -> Self {
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

    pub fn set(&self) -> PolicySet {
        PolicySet::new(self.policies.values().cloned().collect())
    }

    pub fn wait(&mut self, duration: Duration) {
        self.now = clock::after(self.now, duration);
    }

    /// Judges, and when it is allowed writes the payments into the ledger.
    pub fn decide(&mut self, tool: Tool, effects: &[Effect]) -> Decision {
        let set = self.set();
        let agent = self.caller.name().to_owned();
        let keys = set.usage_keys(self.wallet.as_ref(), &agent, effects);
        let usage = match &self.wallet {
            Some(wallet) if self.ledger_answers => {
                self.ledger.usage(&keys, wallet, &agent, self.now)
            }
            _ => Usage::new(),
        };
        let decision = decide(&set, &Facts { effects, usage: &usage, ..self.facts(tool) });
        if decision.is_allow() {
            self.record(effects);
        }
        decision
    }

    pub fn admit(&mut self, tool: Tool) -> Decision {
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
            let Effect::Outflow { asset, amount, recipient } = effect else { continue };
            let sum = sums.entry(*asset).or_default();
            *sum = sum.checked_add(*amount).unwrap();
            let known = RecipientFacts { first_paid_at: self.now };
            self.recipients.entry(*recipient).or_insert(known);
        }
        self.ledger.0.extend(sums.into_iter().map(|(asset, amount)| Payment {
            at: self.now,
            wallet: wallet.clone(),
            agent: self.caller.name().to_owned(),
            asset,
            amount,
        }));
    }
}
