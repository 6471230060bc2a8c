//! Tokens met before, so that the API server is not asked at every call.
//!
//! Tokens are remembered by their hash. A good one is remembered for a minute at most and never
//! longer than it lives, so a pod that was deleted is out after a minute. A bad one is remembered
//! for a few seconds, on a shelf of its own: whoever throws bad tokens at this door pushes no good
//! one out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use vaultpilot_core::{Clock, Duration, Timestamp, clock};

use super::{TokenVerifier, VerifierDown, Workload};

const GOOD: Duration = Duration::from_mins(1);
const BAD: Duration = Duration::from_secs(10);
/// Tokens on each shelf.
const MOST: usize = 4096;
/// Questions to the API server at once.
const ASKING: usize = 32;
/// A projected token is about 1 KiB.
const MAX_BYTES: usize = 16 * 1024;

type Hash = [u8; 32];

/// A verifier that remembers what another one says.
pub struct KnownTokens {
    ask: Arc<dyn TokenVerifier>,
    clock: Arc<dyn Clock>,
    good: Shelf<Workload>,
    bad: Shelf<()>,
    asking: Semaphore,
}

enum Recalled {
    Good(Workload),
    Bad,
    Unknown,
}

impl KnownTokens {
    pub fn new(ask: Arc<dyn TokenVerifier>, clock: Arc<dyn Clock>) -> Self {
        Self {
            ask,
            clock,
            good: Shelf::default(),
            bad: Shelf::default(),
            asking: Semaphore::new(ASKING),
        }
    }

    fn recall(&self, hash: &Hash) -> Recalled {
        let now = self.clock.now();
        match self.good.get(hash, now) {
            Some(workload) => Recalled::Good(workload),
            None if self.bad.get(hash, now).is_some() => Recalled::Bad,
            None => Recalled::Unknown,
        }
    }
}

#[async_trait]
impl TokenVerifier for KnownTokens {
    async fn verify(&self, token: &SecretString) -> Result<Option<Workload>, VerifierDown> {
        let text = token.expose_secret();
        if text.len() > MAX_BYTES {
            return Ok(None);
        }
        let hash: Hash = Sha256::digest(text.as_bytes()).into();
        match self.recall(&hash) {
            Recalled::Good(workload) => return Ok(Some(workload)),
            Recalled::Bad => return Ok(None),
            Recalled::Unknown => {}
        }
        let _turn = self
            .asking
            .acquire()
            .await
            .map_err(|closed| VerifierDown(closed.into()))?;
        // Somebody with the same token may have been first.
        match self.recall(&hash) {
            Recalled::Good(workload) => return Ok(Some(workload)),
            Recalled::Bad => return Ok(None),
            Recalled::Unknown => {}
        }
        let answer = self.ask.verify(token).await?;
        let now = self.clock.now();
        match &answer {
            Some(workload) => {
                let until = clock::after(now, GOOD);
                let until = workload.expires_at.map_or(until, |over| over.min(until));
                self.good.put(hash, workload.clone(), until, now);
            }
            None => self.bad.put(hash, (), clock::after(now, BAD), now),
        }
        Ok(answer)
    }
}

struct Shelf<T>(Mutex<HashMap<Hash, (T, Timestamp)>>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Shelf<T> {
    fn get(&self, hash: &Hash, now: Timestamp) -> Option<T> {
        let held = self.0.lock().ok()?;
        let (what, until) = held.get(hash)?;
        (*until > now).then(|| what.clone())
    }

    fn put(&self, hash: Hash, what: T, until: Timestamp, now: Timestamp) {
        let Ok(mut held) = self.0.lock() else { return };
        if held.len() >= MOST {
            held.retain(|_, (_, until)| *until > now);
        }
        if held.len() >= MOST {
            let next = held.iter().min_by_key(|(_, (_, until))| *until);
            if let Some(next) = next.map(|(hash, _)| *hash) {
                held.remove(&next);
            }
        }
        held.insert(hash, (what, until));
    }
}

#[cfg(test)]
mod tests;
