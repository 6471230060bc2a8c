//! One function a section of the document.

mod asset;
mod unsupported;

use std::collections::BTreeSet;

use vaultpilot_core::{Asset, BaseUnits, Gwei, Label, Tool, Wei};

use super::Problem;
use crate::{
    Document, Layer, Policy,
    document::{
        AmountText, GasRules, NetworkRules, Pattern, RateLimitRule, Span, ToolPattern, ToolRules,
    },
    policy::{GasCaps, Rate, RateId, Recipients, Selected, Tools},
};

/// A ring of this many instants is kept for each agent or wallet.
const MAX_RATE_CALLS: u32 = 10_000;
/// Rates live in memory; what must outlast a restart is a `count` of an asset.
const MAX_RATE_WINDOW: Span = Span::seconds(24 * 3_600);

pub(super) fn policy(
    document: &Document,
    decimals: &dyn Fn(Asset) -> Option<u8>,
    problems: &mut Vec<Problem>,
) -> Policy {
    let spec = &document.spec;
    unsupported::refuse(spec, problems);
    let wallets = selected("spec.selector.wallets", &spec.selector.wallets, problems);
    let agents = selected("spec.selector.agents", &spec.selector.agents, problems);
    let layer = match (&wallets, &agents) {
        (_, Selected::These(_)) => Layer::Agent,
        (Selected::These(_), Selected::Any) => Layer::Wallet,
        (Selected::Any, Selected::Any) => Layer::Tenant,
    };
    let name = document.metadata.name.clone();
    Policy {
        tools: tools(&spec.tools, problems),
        rates: rates(layer, &name, &spec.tools.rate_limits, problems),
        assets: asset::limits(spec, decimals, problems),
        recipients: Recipients {
            allow: spec
                .recipients
                .allow
                .iter()
                .map(|account| account.0)
                .collect(),
            deny: spec
                .recipients
                .deny
                .iter()
                .map(|account| account.0)
                .collect(),
            new: spec.recipients.new_recipient,
            cooldown: spec.recipients.cooldown.duration(),
        },
        gas: gas(&spec.gas, problems),
        networks: spec.network.as_ref().map(|rules| networks(rules, problems)),
        duplicate_window: spec.duplicate_window.and_then(|span| {
            positive("spec.duplicateWindow", span, problems);
            (!span.is_zero()).then(|| span.duration())
        }),
        chains: spec.chains.iter().copied().collect(),
        document: document.clone(),
        name,
        layer,
        wallets,
        agents,
    }
}

fn selected(path: &str, patterns: &[Pattern], problems: &mut Vec<Problem>) -> Selected {
    if patterns.is_empty() {
        problems.push(Problem::Empty {
            path: path.to_owned(),
        });
    }
    if patterns == [Pattern::Any] {
        return Selected::Any;
    }
    let labels: BTreeSet<Label> = patterns
        .iter()
        .filter_map(|pattern| match pattern {
            Pattern::Any => None,
            Pattern::Exactly(label) => Some(label.clone()),
        })
        .collect();
    if patterns.contains(&Pattern::Any) {
        problems.push(Problem::AnyAmongOthers {
            path: path.to_owned(),
        });
    }
    Selected::These(labels)
}

fn tools(rules: &ToolRules, problems: &mut Vec<Problem>) -> Tools {
    Tools {
        allow: tool_set("spec.tools.allow", &rules.allow, problems),
        deny: tool_set("spec.tools.deny", &rules.deny, problems),
        dry_run: tool_set(
            "spec.tools.dryRunRequired",
            &rules.dry_run_required,
            problems,
        ),
    }
}

/// A pattern that matches nothing is a slip of the pen: `deny: [transferr]` must not pass silently.
fn tool_set(path: &str, patterns: &[ToolPattern], problems: &mut Vec<Problem>) -> Vec<Tool> {
    for (index, pattern) in patterns.iter().enumerate() {
        if !Tool::ALL.iter().any(|tool| pattern.matches(*tool)) {
            let path = format!("{path}[{index}]");
            problems.push(Problem::UnknownTool {
                path,
                pattern: pattern.0.clone(),
            });
        }
    }
    let named = |tool: &Tool| patterns.iter().any(|pattern| pattern.matches(*tool));
    let mut tools: Vec<Tool> = Tool::ALL.iter().copied().filter(named).collect();
    tools.sort_unstable();
    tools
}

fn rates(
    layer: Layer,
    name: &Label,
    rules: &[RateLimitRule],
    problems: &mut Vec<Problem>,
) -> Vec<Rate> {
    let rate = |(index, rule): (usize, &RateLimitRule)| {
        let path = format!("spec.tools.rateLimits[{index}]");
        if rule.tools.is_empty() {
            problems.push(Problem::Empty {
                path: format!("{path}.tools"),
            });
        }
        if rule.max_calls > MAX_RATE_CALLS {
            let path = format!("{path}.maxCalls");
            problems.push(Problem::OutOfRange {
                path,
                min: "0",
                max: "10000",
            });
        }
        if rule.window.is_zero() || rule.window > MAX_RATE_WINDOW {
            let path = format!("{path}.window");
            problems.push(Problem::OutOfRange {
                path,
                min: "1s",
                max: "24h",
            });
        }
        Rate {
            id: RateId::new(layer, name, index),
            tools: tool_set(&format!("{path}.tools"), &rule.tools, problems),
            max_calls: rule.max_calls,
            window: rule.window.duration(),
            per: rule.per,
        }
    };
    rules.iter().enumerate().map(rate).collect()
}

fn gas(rules: &GasRules, problems: &mut Vec<Problem>) -> GasCaps {
    let mut cap = |path: &str, text: &Option<AmountText>| {
        let text = text.as_ref()?;
        let amount = amount(path, text, Gwei::DECIMALS, problems)?;
        // More wei than 128 bits hold is no limit at all, and no fee reaches it.
        Some(Wei(u128::try_from(amount.0).unwrap_or(u128::MAX)))
    };
    GasCaps {
        fee: cap("spec.gas.maxFeePerGasGwei", &rules.max_fee_per_gas_gwei),
        priority: cap("spec.gas.maxPriorityGwei", &rules.max_priority_gwei),
        bump_percent: rules.max_bump_percent,
    }
}

fn networks(rules: &NetworkRules, problems: &mut Vec<Problem>) -> Vec<crate::document::Network> {
    if rules.ip_allow.is_empty() {
        problems.push(Problem::Empty {
            path: "spec.network.ipAllow".to_owned(),
        });
    }
    rules.ip_allow.clone()
}

fn amount(
    path: &str,
    text: &AmountText,
    decimals: u8,
    problems: &mut Vec<Problem>,
) -> Option<BaseUnits> {
    match BaseUnits::parse(text.as_str(), decimals) {
        Ok(amount) => Some(amount),
        Err(reason) => {
            problems.push(Problem::Amount {
                path: path.to_owned(),
                reason,
            });
            None
        }
    }
}

fn positive(path: &str, span: Span, problems: &mut Vec<Problem>) {
    if span.is_zero() {
        let path = path.to_owned();
        problems.push(Problem::OutOfRange {
            path,
            min: "1s",
            max: "366d",
        });
    }
}
