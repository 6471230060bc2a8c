//! A login and how long it lasts.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;

/// A session that could not be renewed and still lasts is tried again after this, or later.
const LEAST_DELAY: Duration = Duration::from_secs(1);

pub(crate) struct Session {
    pub(crate) token: SecretString,
    /// `None`: it does not end, or nobody may know when.
    lease: Option<Lease>,
}

#[derive(Debug, Clone, Copy)]
struct Lease {
    granted: Duration,
    renewable: bool,
    due: Instant,
    ends: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Fresh,
    /// The last third has begun.
    Due {
        renewable: bool,
    },
    Over,
}

impl Session {
    /// Zero seconds: without end.
    pub(crate) fn new(token: SecretString, seconds: u64, renewable: bool, now: Instant) -> Self {
        let granted = Duration::from_secs(seconds);
        let lease = now.checked_add(granted).filter(|_| seconds > 0);
        let lease = lease.map(|ends| Lease {
            granted,
            renewable,
            due: now + granted * 2 / 3,
            ends,
        });
        Self { token, lease }
    }

    pub(crate) fn without_end(token: SecretString) -> Self {
        Self { token, lease: None }
    }

    pub(crate) fn stage(&self, now: Instant) -> Stage {
        match self.lease {
            Some(lease) if now >= lease.ends => Stage::Over,
            Some(lease) if now >= lease.due => Stage::Due {
                renewable: lease.renewable,
            },
            _ => Stage::Fresh,
        }
    }

    /// How long until something is to be done about it.
    pub(crate) fn rests(&self, now: Instant) -> Option<Duration> {
        let lease = self.lease?;
        Some(lease.due.saturating_duration_since(now))
    }

    /// Whether Vault gave it less than half of what it gave the one before: the end of what can be
    /// renewed is near.
    pub(crate) fn is_fading(&self, before: &Self) -> bool {
        match (self.lease, before.lease) {
            (Some(lease), Some(before)) => lease.granted * 2 < before.granted,
            _ => false,
        }
    }

    /// The same, with the next try a while later.
    pub(crate) fn later(&self, now: Instant) -> Self {
        let lease = self.lease.map(|lease| {
            let left = lease.ends.saturating_duration_since(now);
            Lease {
                due: now + (left / 3).max(LEAST_DELAY),
                ..lease
            }
        });
        Self {
            token: self.token.clone(),
            lease,
        }
    }
}

#[cfg(test)]
mod tests;
