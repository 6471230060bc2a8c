//! What is summed over rows: spending, and who was paid.

use std::collections::BTreeMap;

use vaultpilot_core::{Address, Effect, Timestamp, WalletId};
use vaultpilot_intent::StateName;
use vaultpilot_policy::{CounterScope, RecipientFacts, UsageKey, Used};

use super::state::Rows;

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
            let Some(amount) = booking
                .amount(key.asset)
                .filter(|_| in_scope && it.at > since)
            else {
                continue;
            };
            used.spent = used.spent.saturating_add(amount);
            used.count = used.count.saturating_add(1);
            used.oldest = Some(used.oldest.map_or(it.at, |oldest| oldest.min(it.at)));
        }
        used
    }

    pub(super) fn paid(
        &self,
        wallet: WalletId,
        addresses: &[Address],
    ) -> BTreeMap<Address, RecipientFacts> {
        let mut paid: BTreeMap<Address, RecipientFacts> = BTreeMap::new();
        for (intent, _) in self.intents.values() {
            let happened = matches!(intent.state.name(), StateName::Confirmed | StateName::Final);
            if intent.wallet != wallet || !happened {
                continue;
            }
            for effect in &intent.effects {
                let Effect::Outflow { recipient, .. } = effect else {
                    continue;
                };
                if addresses.contains(recipient) {
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
