//! Time and randomness are handed in, so that every rule can be tested at any instant.

pub use jiff::Timestamp;
pub use std::time::Duration;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// Where randomness comes from. A real one is the operating system's.
pub trait Entropy: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// The instant `window` before `now`, or the beginning of time.
pub fn before(now: Timestamp, window: Duration) -> Timestamp {
    now.checked_sub(window).unwrap_or(Timestamp::MIN)
}

/// The instant `delay` after `now`, or the end of time.
pub fn after(now: Timestamp, delay: Duration) -> Timestamp {
    now.checked_add(delay).unwrap_or(Timestamp::MAX)
}

/// So many days of 24 hours.
pub fn days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days).saturating_mul(86_400))
}
