//! A payment as a row, and which intents have any.

use diesel::prelude::*;
use vaultpilot_core::Effect;
use vaultpilot_intent::{Intent, StateName};

use crate::cell::{address, nanos};
use crate::schema::payments;
use crate::scope::Scope;

/// What a step of an intent means for the payments noted of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Projection {
    Noted,
    Forgotten,
    AsItWas,
}

impl Projection {
    pub(crate) fn of(intent: &Intent) -> Self {
        match intent.state.name() {
            StateName::Confirmed | StateName::Final => Self::Noted,
            // Only a block can have been reorganised away: nothing else was ever noted.
            StateName::Broadcast | StateName::Ambiguous | StateName::Reverted => Self::Forgotten,
            _ => Self::AsItWas,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = payments)]
pub(crate) struct PaymentRow {
    pub(crate) tenant_id: String,
    pub(crate) wallet_id: String,
    pub(crate) recipient: String,
    pub(crate) asset: String,
    pub(crate) intent_id: String,
    pub(crate) made_at: i64,
}

impl PaymentRow {
    pub(crate) fn all(scope: &Scope, intent: &Intent) -> Vec<Self> {
        let outflows = intent.effects.iter().filter_map(|effect| match effect {
            Effect::Outflow {
                asset, recipient, ..
            } => Some((asset, recipient)),
            _ => None,
        });
        outflows
            .map(|(asset, recipient)| Self {
                tenant_id: scope.key().to_owned(),
                wallet_id: intent.wallet.to_string(),
                recipient: address(*recipient),
                asset: asset.to_string(),
                intent_id: intent.id.to_string(),
                made_at: nanos(intent.created_at),
            })
            .collect()
    }
}
