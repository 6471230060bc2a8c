//! The file of rate limits: how often each tool may be called.

mod tool;

use std::collections::BTreeMap;

use serde::Deserialize;
use vaultpilot_core::{Label, Tool};
use vaultpilot_policy::document::{
    ApiVersion, Document, GasRules, Kind, Metadata, Mode, Pattern, Per, RateLimitRule,
    RecipientRules, Selector, SignatureRules, Span, Spec, ToolPattern, ToolRules,
};

use tool::{CARRIED, successor};

/// Real files have less than 1 KiB.
pub const MAX_POLICY: usize = 256 * 1024;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("policy file is longer than {MAX_POLICY} bytes")]
    TooLong,
    #[error("policy file is not the YAML it should be: {detail}")]
    NotYaml { detail: String },
    #[error("limit of {tool} is not a number of calls in 1 second to 366 days")]
    Limit { tool: String },
}

impl PolicyError {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "policy_too_long",
            Self::NotYaml { .. } => "policy_not_yaml",
            Self::Limit { .. } => "policy_limit",
        }
    }
}

/// What the file says, in today's tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimits {
    pub rules: Vec<RateLimitRule>,
    /// Named in the file, and no tool any more or not yet.
    pub left_behind: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    rate_limits: Limits,
}

#[derive(Deserialize, Default)]
struct Limits {
    #[serde(default)]
    default: Option<Limit>,
    #[serde(default)]
    tools: BTreeMap<String, Limit>,
}

#[derive(Deserialize, Clone, Copy)]
struct Limit {
    max_calls: u32,
    window_seconds: u64,
}

/// Reads `vaultpilot_policy.yml`.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str) -> Result<RateLimits, PolicyError> {
    if text.len() > MAX_POLICY {
        return Err(PolicyError::TooLong);
    }
    let file: File = serde_saphyr::from_str(text).map_err(|error| PolicyError::NotYaml {
        detail: error.to_string(),
    })?;
    let Limits { default, tools } = file.rate_limits;
    let mut named: BTreeMap<Tool, RateLimitRule> = BTreeMap::new();
    let mut left_behind = Vec::new();
    for (name, limit) in tools {
        match successor(&name) {
            None => left_behind.push(name),
            Some(tool) => {
                let rule = rule(tool, limit, &name)?;
                // Where two tools have become one, the narrower limit holds.
                let narrower = named
                    .get(&tool)
                    .is_none_or(|other| is_narrower(&rule, other));
                if narrower {
                    named.insert(tool, rule);
                }
            }
        }
    }
    if let Some(limit) = default {
        // Each tool was counted for itself.
        for tool in CARRIED {
            let rule = rule(tool, limit, "default")?;
            named.entry(tool).or_insert(rule);
        }
    }
    Ok(RateLimits {
        rules: named.into_values().collect(),
        left_behind,
    })
}

impl RateLimits {
    /// A policy that limits what other policies allow, for these wallets. It allows nothing itself.
    pub fn document(&self, name: Label, wallets: Vec<Label>) -> Document {
        Document {
            api_version: ApiVersion::V1Alpha1,
            kind: Kind::Policy,
            metadata: Metadata { name },
            spec: Spec {
                selector: Selector {
                    wallets: wallets.into_iter().map(Pattern::Exactly).collect(),
                    agents: vec![Pattern::Any],
                },
                mode: Mode::Enforce,
                chains: Vec::new(),
                tools: ToolRules {
                    rate_limits: self.rules.clone(),
                    ..ToolRules::default()
                },
                assets: Vec::new(),
                recipients: RecipientRules::default(),
                contracts: Vec::new(),
                allowances: None,
                signatures: SignatureRules::default(),
                gas: GasRules::default(),
                swap: None,
                network: None,
                schedule: None,
                approvals: Vec::new(),
                duplicate_window: None,
            },
        }
    }
}

fn rule(tool: Tool, limit: Limit, name: &str) -> Result<RateLimitRule, PolicyError> {
    let window = Span::seconds(limit.window_seconds);
    if window.is_zero() || window > Span::MAX {
        return Err(PolicyError::Limit {
            tool: name.to_owned(),
        });
    }
    Ok(RateLimitRule {
        tools: vec![ToolPattern(tool.name().to_owned())],
        max_calls: limit.max_calls,
        window,
        per: Per::Agent,
    })
}

/// Fewer calls a second; the fraction is compared without dividing.
fn is_narrower(one: &RateLimitRule, other: &RateLimitRule) -> bool {
    let rate =
        |calls: u32, window: Span| u128::from(calls).saturating_mul(window.duration().as_millis());
    rate(one.max_calls, other.window) < rate(other.max_calls, one.window)
}

#[cfg(test)]
mod tests;
