//! What a call asks for, from its effects: sums by asset, and what is no spending.

use std::collections::{BTreeMap, BTreeSet};

use vaultpilot_core::{Address, Asset, BaseUnits, ChainId, Effect, Tool, ToolClass};

use crate::{Facts, Reason, ReasonCode};

/// All that must be permitted for the call to pass; never empty.
#[derive(Debug)]
pub(super) struct Demand {
    pub needs: Vec<Need>,
    /// The one chain all of it happens on; `None` when nothing of it happens on a chain.
    pub chain: Option<ChainId>,
}

#[derive(Debug)]
pub(super) enum Need {
    /// Only the tool itself: reads and what changes our own state.
    Tool,
    Spend(Spend),
    /// An allowance set to nothing.
    Revocation(ChainId),
    Allowance(ChainId),
    Opaque(ChainId),
    Signature,
}

/// What is spent of one asset, summed, because limits speak of transactions.
#[derive(Debug)]
pub(super) struct Spend {
    pub asset: Asset,
    pub amount: BaseUnits,
    pub recipients: BTreeSet<Address>,
}

/// Effects nobody can judge.
#[derive(Debug, Clone, Copy)]
pub(super) enum Broken {
    NoEffects,
    ManyChains,
    Overflow,
}

impl Demand {
    pub(super) fn nothing() -> Self {
        Self {
            needs: vec![Need::Tool],
            chain: None,
        }
    }

    pub(super) fn of(facts: &Facts<'_>) -> Result<Self, Broken> {
        if facts.effects.is_empty() {
            // A tool that moves value always has an effect; none means it was not worked out.
            let moves = facts.tool.class() >= ToolClass::S2;
            return if moves {
                Err(Broken::NoEffects)
            } else {
                Ok(Self::nothing())
            };
        }
        let mut spends: BTreeMap<Asset, Spend> = BTreeMap::new();
        let mut needs = Vec::new();
        let mut chains = BTreeSet::new();
        for effect in facts.effects {
            chains.extend(chain_of(effect));
            match effect {
                Effect::Outflow {
                    asset,
                    amount,
                    recipient,
                } => {
                    let spend = spends.entry(*asset).or_insert_with(|| Spend::none(*asset));
                    spend.amount = spend.amount.checked_add(*amount).ok_or(Broken::Overflow)?;
                    spend.recipients.insert(*recipient);
                }
                Effect::Allowance { asset, amount, .. } if amount.is_zero() => {
                    needs.push(Need::Revocation(asset.chain));
                }
                Effect::Allowance { asset, .. } => needs.push(Need::Allowance(asset.chain)),
                Effect::Exchange {
                    venue,
                    sell,
                    sell_amount,
                    ..
                } => {
                    let spend = spends.entry(*sell).or_insert_with(|| Spend::none(*sell));
                    let sum = spend.amount.checked_add(*sell_amount);
                    spend.amount = sum.ok_or(Broken::Overflow)?;
                    spend.recipients.insert(*venue);
                }
                Effect::Redemption { asset, .. } => needs.push(Need::Opaque(asset.chain)),
                Effect::Opaque { chain, .. }
                | Effect::Item { chain, .. }
                | Effect::Operator { chain, .. } => needs.push(Need::Opaque(*chain)),
                Effect::Signature { .. } => needs.push(Need::Signature),
            }
        }
        if chains.len() > 1 {
            return Err(Broken::ManyChains);
        }
        needs.extend(spends.into_values().map(Need::Spend));
        Ok(Self {
            needs,
            chain: chains.first().copied(),
        })
    }

    pub(super) fn spends(&self) -> impl Iterator<Item = &Spend> {
        self.needs.iter().filter_map(|need| match need {
            Need::Spend(spend) => Some(spend),
            _ => None,
        })
    }

    /// Whether it does nothing but take authority back.
    pub(super) fn only_revokes(&self) -> bool {
        self.needs
            .iter()
            .all(|need| matches!(need, Need::Revocation(_)))
    }
}

impl Need {
    pub(super) fn chain(&self) -> Option<ChainId> {
        match self {
            Self::Tool | Self::Signature => None,
            Self::Spend(spend) => Some(spend.asset.chain),
            Self::Revocation(chain) | Self::Allowance(chain) | Self::Opaque(chain) => Some(*chain),
        }
    }
}

impl Spend {
    fn none(asset: Asset) -> Self {
        Self {
            asset,
            amount: BaseUnits::ZERO,
            recipients: BTreeSet::new(),
        }
    }
}

impl Broken {
    pub(super) fn reason(self, tool: Tool) -> Reason {
        let message = match self {
            Self::NoEffects => format!("{tool} moves value, but what it would do is not known"),
            Self::ManyChains => "one transaction cannot happen on two chains".to_owned(),
            Self::Overflow => "the amounts of this call do not fit in 256 bits together".to_owned(),
        };
        Reason::new(ReasonCode::PolicyError, message)
    }
}

const fn chain_of(effect: &Effect) -> Option<ChainId> {
    match effect {
        Effect::Outflow { asset, .. }
        | Effect::Exchange { sell: asset, .. }
        | Effect::Redemption { asset, .. }
        | Effect::Allowance { asset, .. } => Some(asset.chain),
        Effect::Item { chain, .. }
        | Effect::Operator { chain, .. }
        | Effect::Opaque { chain, .. } => Some(*chain),
        Effect::Signature { .. } => None,
    }
}
