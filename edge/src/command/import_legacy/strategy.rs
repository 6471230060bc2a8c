//! What becomes of a strategy's record: a recurring transfer that rests.

use serde_json::{Value, json};
use vaultpilot_control_api::SystemClock;
use vaultpilot_core::{ChainId, Clock as _, Label, Token};
use vaultpilot_legacy::{Found, Strategy, label_of};
use vaultpilot_strategy::{
    ApprovalRule, Body, FailurePolicy, Gates, Limits, Payment, Schedule, Spec, When,
};

use super::LegacyArgs;
use super::ground::Ground;
use super::plan::{Fate, colliding};
use super::wallet::WalletPlan;

const ETHER: u8 = 18;
const GWEI: u8 = 9;

pub(super) struct StrategyPlan {
    /// What it is called in the old store.
    pub name: String,
    pub label: Label,
    pub enabled: bool,
    /// What is sent.
    pub body: Value,
    pub fate: Fate,
}

pub(super) fn plan(
    found: Found<Strategy>,
    args: &LegacyArgs,
    ground: &Ground,
    wallets: &[WalletPlan],
) -> StrategyPlan {
    let label = label_of(&found.name);
    let mut plan = StrategyPlan {
        name: found.name,
        label,
        enabled: false,
        body: Value::Null,
        fate: Fate::New,
    };
    match found.record {
        Err(problem) => plan.fate = Fate::failed(problem.code(), problem.to_string()),
        Ok(strategy) => {
            plan.enabled = strategy.enabled && args.enable_strategies;
            plan.fate = match payer(&strategy, ground, wallets) {
                Err(fate) => fate,
                Ok((wallet, chain)) => {
                    plan.body = body(&plan, &strategy, &wallet, chain);
                    judged(&plan, &strategy, chain, ground)
                }
            };
        }
    }
    plan
}

/// The wallet it pays from, among those that come along or those that are here, and on which chain.
fn payer(
    strategy: &Strategy,
    ground: &Ground,
    wallets: &[WalletPlan],
) -> Result<(String, ChainId), Fate> {
    let agent = &strategy.agent_id;
    if let Some(plan) = wallets.iter().find(|plan| plan.name == *agent) {
        return match (&plan.fate, plan.chain) {
            (Fate::New | Fate::Unchanged, Some(chain)) => Ok((plan.label.to_string(), chain)),
            _ => Err(Fate::failed(
                "wallet_not_imported",
                format!("its wallet {agent} cannot be imported"),
            )),
        };
    }
    let label = label_of(agent);
    let Some(there) = ground.wallets.get(label.as_str()) else {
        let message = format!("its wallet {agent} is neither in the store nor here as {label}");
        return Err(Fate::failed("wallet_missing", message));
    };
    match there.chains.as_slice() {
        [only] => only
            .parse()
            .map(|chain| (there.label.clone(), chain))
            .map_err(|_| Fate::failed("chain_malformed", format!("{only} is no chain"))),
        _ => Err(Fate::failed(
            "chain_ambiguous",
            format!("wallet {label} is on several chains; import its record along with it"),
        )),
    }
}

fn judged(plan: &StrategyPlan, strategy: &Strategy, chain: ChainId, ground: &Ground) -> Fate {
    let spec = spec(strategy, chain);
    // The very rules the server has, so that its answer is known before anything is sent.
    if let Err(problems) = spec.compile(ETHER, SystemClock.now()) {
        let code = problems
            .first()
            .map_or("strategy_invalid", |first| first.code);
        return Fate::failed(code, problems.to_string());
    }
    match ground.strategies.get(plan.label.as_str()) {
        None => Fate::New,
        Some(there) if is_same(there, &plan.body) => Fate::Unchanged,
        Some(_) => Fate::failed(
            "strategy_differs",
            format!("there is another strategy {} already", plan.label),
        ),
    }
}

fn spec(strategy: &Strategy, chain: ChainId) -> Spec {
    let every = std::time::Duration::from_secs(strategy.interval_seconds);
    Spec {
        body: Body::RecurringTransfer(Payment {
            chain,
            to: strategy.to,
            token: Token::Native,
            amount: strategy.amount.format(ETHER),
            memo: None,
        }),
        schedule: Schedule {
            start_at: strategy.next_run_at,
            ..Schedule::new(When::Interval(every))
        },
        limits: Limits {
            max_per_day: strategy.daily_cap.map(|cap| cap.format(ETHER)),
            ..Limits::default()
        },
        gates: Gates {
            max_base_fee_gwei: strategy.max_base_fee.map(|fee| fee.format(GWEI)),
            ..Gates::default()
        },
        approval: ApprovalRule::default(),
        failure: FailurePolicy::default(),
        dry_run: false,
        run_history_limit: Spec::DEFAULT_HISTORY,
    }
}

fn body(plan: &StrategyPlan, strategy: &Strategy, wallet: &str, chain: ChainId) -> Value {
    let mut body = json!({
        "name": plan.label, "wallet": wallet, "chain": chain,
        "to": strategy.to.to_checksum(None), "asset": "native",
        "amount": strategy.amount.format(ETHER), "every_s": strategy.interval_seconds,
    });
    if let Some(at) = strategy.next_run_at {
        body["start_at"] = json!(at.to_string());
    }
    if let Some(cap) = strategy.daily_cap {
        body["max_per_day"] = json!(cap.format(ETHER));
    }
    if let Some(fee) = strategy.max_base_fee {
        body["max_base_fee_gwei"] = json!(fee.format(GWEI));
    }
    if !plan.enabled {
        let there = if strategy.enabled {
            "enabled"
        } else {
            "disabled"
        };
        body["suspended"] = json!(format!("imported from AgentVault, where it was {there}"));
    }
    body
}

/// Whether it pays the same. Whether it rests is for people to say since.
fn is_same(there: &Value, wish: &Value) -> bool {
    let fields = [
        "wallet",
        "chain",
        "to",
        "asset",
        "amount",
        "every_s",
        "max_per_day",
        "max_base_fee_gwei",
    ];
    fields
        .iter()
        .all(|field| there.get(field) == wish.get(field))
}

pub(super) fn apart(plans: &mut [StrategyPlan]) {
    let labels = colliding(plans.iter().map(|plan| (plan.name.as_str(), &plan.label)));
    for plan in plans {
        if let Some(names) = labels.get(&plan.label)
            && !plan.fate.is_failed()
        {
            let message = format!("{} would all be called {}", names.join(", "), plan.label);
            plan.fate = Fate::failed("label_collision", message);
        }
    }
}
