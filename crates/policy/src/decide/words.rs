//! How amounts, assets and times are named in sentences.

use std::time::Duration;

use vaultpilot_core::{Asset, BaseUnits, asset::Token};

use crate::{Facts, document::Span};

/// An amount in token units with its asset.
#[derive(Debug, Clone)]
pub(super) struct Amount {
    pub units: BaseUnits,
    pub asset: Asset,
    pub number: String,
}

impl Amount {
    pub(super) fn new(units: BaseUnits, asset: Asset, decimals: u8) -> Self {
        Self {
            units,
            asset,
            number: units.format(decimals),
        }
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.number, asset(self.asset))
    }
}

pub(super) fn asset(asset: Asset) -> String {
    match asset.token {
        Token::Native => format!("the native coin on {}", asset.chain),
        Token::Erc20(contract) => format!("token {contract} on {}", asset.chain),
    }
}

pub(crate) fn span(duration: Duration) -> Span {
    Span::from(duration)
}

pub(super) fn no_policy(facts: &Facts<'_>) -> String {
    let place = facts
        .wallet
        .map(|wallet| format!(" for wallet {wallet}"))
        .unwrap_or_default();
    format!(
        "no policy allows {}{place}; apply one with `vaultpilot policy apply -f policy.yaml`",
        facts.tool
    )
}
