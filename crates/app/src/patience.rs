//! Waiting for keys: bounded, so that a provider in trouble is not hammered, and told once.

use vaultpilot_core::{Duration, Timestamp, clock};
use vaultpilot_ports::KeyError;

/// The first wait; it doubles up to `LONGEST`.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);
/// After so many doublings the longest wait is reached.
const DOUBLINGS: u32 = 5;
/// What often passes by itself is told from this failure on.
const PATIENT: u32 = 3;

/// How long to wait before keys are tried again, and whether anybody was told. Nothing cuts a wait
/// short: whoever has news of the work has none of the provider.
#[derive(Debug, Default)]
pub(crate) struct Patience(Option<Wait>);

#[derive(Debug)]
struct Wait {
    until: Timestamp,
    failures: u32,
    /// The code that was told.
    told: Option<&'static str>,
}

impl Patience {
    pub(crate) fn is_waiting(&self, now: Timestamp) -> bool {
        self.0.as_ref().is_some_and(|wait| wait.until > now)
    }

    /// Takes note of a failure; true when it is to be told: once for every state.
    pub(crate) fn failed(&mut self, error: &KeyError, now: Timestamp) -> bool {
        let before = self.0.take();
        let failures = before
            .as_ref()
            .map_or(1, |wait| wait.failures.saturating_add(1));
        let told = before.and_then(|wait| wait.told);
        let doublings = failures.saturating_sub(1).min(DOUBLINGS);
        let delay = FIRST.saturating_mul(1 << doublings).min(LONGEST);
        let code = error.code();
        let often_passes = matches!(
            error,
            KeyError::Throttled | KeyError::TimedOut | KeyError::Unavailable { .. }
        );
        let tell = told != Some(code) && (!often_passes || failures >= PATIENT);
        self.0 = Some(Wait {
            until: clock::after(now, delay),
            failures,
            told: if tell { Some(code) } else { told },
        });
        tell
    }

    /// It worked; true when somebody was told that it did not.
    pub(crate) fn passed(&mut self) -> bool {
        self.0.take().is_some_and(|wait| wait.told.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        clock::after(Timestamp::UNIX_EPOCH, Duration::from_secs(seconds))
    }

    #[test]
    fn waits_double_to_half_a_minute_and_stay_there() {
        let mut patience = Patience::default();
        let mut now = at(100);
        let mut waits = Vec::new();
        for _ in 0..8 {
            patience.failed(&KeyError::ProviderSealed, now);
            let wait = (0..60)
                .find(|s| !patience.is_waiting(clock::after(now, Duration::from_secs(*s))))
                .unwrap_or_default();
            waits.push(wait);
            now = clock::after(now, Duration::from_secs(wait));
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
    }

    #[test]
    fn every_state_is_told_once_and_so_is_its_end() {
        let mut patience = Patience::default();
        assert!(!patience.passed(), "nothing was wrong");
        assert!(patience.failed(&KeyError::ProviderSealed, at(1)));
        assert!(!patience.failed(&KeyError::ProviderSealed, at(2)));
        assert!(patience.failed(&KeyError::NotUnwrapped, at(3)));
        assert!(patience.passed());
        assert!(!patience.passed());
    }

    #[test]
    fn what_often_passes_is_told_when_it_does_not() {
        let mut patience = Patience::default();
        let told: Vec<bool> = (1..5)
            .map(|second| patience.failed(&KeyError::Throttled, at(second)))
            .collect();
        assert_eq!(told, [false, false, true, false]);
        let mut patience = Patience::default();
        patience.failed(&KeyError::TimedOut, at(1));
        assert!(
            !patience.passed(),
            "nobody was told, so nobody hears of the end"
        );
    }
}
