//! What is summed over rows: spending, and who was paid.

use std::collections::BTreeMap;

use vaultpilot_core::{Address, Asset, Effect, Timestamp, WalletId};
use vaultpilot_intent::StateName;
use vaultpilot_policy::{CounterScope, RecipientFacts, UsageKey, Used};

use super::state::{Rows, Stage};

impl Rows {
    pub(super) fn used(
        &self,
        key: &UsageKey,
        wallet: WalletId,
        agent: &str,
        since: Timestamp,
    ) -> Used {
        let mut used = Used::default();
        for booking in self.bookings.values() {
            let it = &booking.reserved;
            let in_scope = match key.scope {
                CounterScope::Tenant => true,
                CounterScope::Wallet => it.wallet == wallet,
                CounterScope::Agent => it.wallet == wallet && it.agent == agent,
            };
            // What is held can still be spent, so it leaves no window.
            let held = matches!(booking.stage, Stage::Reserved);
            let Some(amount) = booking
                .amount(key.asset)
                .filter(|_| in_scope && (held || it.at > since))
            else {
                continue;
            };
            let at = it.at.max(since);
            used.spent = used.spent.saturating_add(amount);
            used.count = used.count.saturating_add(1);
            used.oldest = Some(used.oldest.map_or(at, |oldest| oldest.min(at)));
        }
        used
    }

    pub(super) fn paid(
        &self,
        wallet: WalletId,
        asset: Asset,
        addresses: &[Address],
    ) -> BTreeMap<Address, RecipientFacts> {
        let mut paid: BTreeMap<Address, RecipientFacts> = BTreeMap::new();
        for (intent, _) in self.intents.values() {
            let happened = matches!(intent.state.name(), StateName::Confirmed | StateName::Final);
            if intent.wallet != wallet || !happened {
                continue;
            }
            for effect in &intent.effects {
                let Effect::Outflow {
                    asset: paid_in,
                    recipient,
                    ..
                } = effect
                else {
                    continue;
                };
                if *paid_in == asset && addresses.contains(recipient) {
                    let at = intent.created_at;
                    let first = paid
                        .entry(*recipient)
                        .or_insert(RecipientFacts { first_paid_at: at });
                    first.first_paid_at = first.first_paid_at.min(at);
                }
            }
        }
        paid
    }
}
