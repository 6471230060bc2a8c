//! Exact sliding windows over calls, in memory and bounded.
//!
//! It never forgets a call that still counts: when it is full it denies. Counts are lost with the
//! process; what must outlast a restart is a `count` of an asset, which lives in the ledger.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use vaultpilot_core::{TenantId, Timestamp, clock};

use crate::policy::RateId;

/// How much may be remembered, over all tenants: one for each call, some for each list of calls.
/// One weighs about 16 bytes.
const MAX_WEIGHT: usize = 1_000_000;
const RING_WEIGHT: usize = 8;
/// Below this, forgetting is not worth the walk.
const MIN_SWEEP: usize = 4_096;

/// The calls of the last windows.
#[derive(Debug, Clone, Default)]
pub struct RateBook {
    rules: HashMap<(TenantId, RateId), HashMap<String, Ring>>,
    weight: usize,
    sweep_at: usize,
    swept: Option<Timestamp>,
}

/// The last calls of one agent or wallet, oldest first, at most as many as the rule allows.
#[derive(Debug, Clone)]
struct Ring {
    calls: VecDeque<Timestamp>,
    window: Duration,
}

/// One call to count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted<'a> {
    pub tenant: TenantId,
    pub rule: RateId,
    /// The agent or wallet whose calls are counted together.
    pub subject: &'a str,
    pub max_calls: u32,
    pub window: Duration,
    pub now: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rated {
    Fits,
    /// As many calls as allowed are in the window; when there is one less, if ever.
    Full {
        resets_at: Option<Timestamp>,
    },
}

impl RateBook {
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts the call, whether it fits or not: who knocks on and on stays outside.
    pub(crate) fn count(&mut self, call: Counted<'_>) -> Rated {
        if call.max_calls == 0 {
            return Rated::Full { resets_at: None };
        }
        self.make_room(call.now);
        let room = self.weight < MAX_WEIGHT;
        let rings = self.rules.entry((call.tenant, call.rule)).or_default();
        // Looked up by reference first, so that the usual call allocates nothing.
        if let Some(ring) = rings.get_mut(call.subject) {
            let before = ring.weight();
            let rated = if room { ring.push(call) } else { ring.full() };
            let after = ring.weight();
            self.weight = self.weight.saturating_sub(before).saturating_add(after);
            return rated;
        }
        if !room {
            return Rated::Full { resets_at: None };
        }
        let mut ring = Ring {
            calls: VecDeque::new(),
            window: call.window,
        };
        let rated = ring.push(call);
        self.weight = self.weight.saturating_add(ring.weight());
        rings.insert(call.subject.to_owned(), ring);
        rated
    }

    /// Forgets what no longer counts, each time the book has doubled; once a second when it is
    /// full.
    fn make_room(&mut self, now: Timestamp) {
        let second_ago = clock::before(now, Duration::from_secs(1));
        let recent = self
            .swept
            .is_some_and(|swept| swept > second_ago && swept <= now);
        if self.weight < self.sweep_at.max(MIN_SWEEP) || recent && self.weight >= MAX_WEIGHT {
            return;
        }
        for rings in self.rules.values_mut() {
            rings.retain(|_, ring| {
                ring.forget(now);
                ring.calls.shrink_to_fit();
                !ring.calls.is_empty()
            });
        }
        self.rules.retain(|_, rings| !rings.is_empty());
        let rings = self.rules.values().flat_map(HashMap::values);
        self.weight = rings.map(Ring::weight).fold(0, usize::saturating_add);
        self.sweep_at = self.weight.saturating_mul(2).min(MAX_WEIGHT);
        self.swept = Some(now);
    }
}

impl Ring {
    fn weight(&self) -> usize {
        self.calls.len().saturating_add(RING_WEIGHT)
    }

    fn forget(&mut self, now: Timestamp) {
        let start = clock::before(now, self.window);
        while self.calls.front().is_some_and(|first| *first <= start) {
            self.calls.pop_front();
        }
    }

    /// Keeps the last `max_calls`: whether the next call fits depends on no older one.
    fn push(&mut self, call: Counted<'_>) -> Rated {
        self.window = call.window;
        self.forget(call.now);
        let max = usize::try_from(call.max_calls).unwrap_or(usize::MAX);
        let fits = self.calls.len() < max;
        // A clock that steps back must not put the calls out of order.
        let at = self
            .calls
            .back()
            .map_or(call.now, |last| call.now.max(*last));
        self.calls.push_back(at);
        while self.calls.len() > max {
            self.calls.pop_front();
        }
        if fits { Rated::Fits } else { self.full() }
    }

    fn full(&self) -> Rated {
        let first = self.calls.front().copied();
        Rated::Full {
            resets_at: first.map(|first| clock::after(first, self.window)),
        }
    }
}

#[cfg(test)]
mod tests;
