//! The signing side: unwraps, for one signature or for one piece of custody.

mod cache;
mod custody;
mod dek;
mod flight;
mod open;
mod sign;

use std::sync::Arc;

use vaultpilot_core::{Clock, Duration, Entropy, WalletId};
use vaultpilot_ports::keys::KekContext;
use vaultpilot_ports::{RootUnwrapper, Signer};

use crate::root::LocalRootUnwrapper;
use crate::{KekMac, Roots};
use cache::Cache;
use dek::OpenDek;
use flight::Flights;
use open::{Opened, Row};

/// How much that was opened is held, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    pub keks: usize,
    pub deks: usize,
    /// From when it was opened, used or not: so long a root's refusal goes unnoticed.
    pub ttl: Duration,
}

impl Default for Holding {
    fn default() -> Self {
        Self {
            keks: 1024,
            deks: 4096,
            ttl: Duration::from_mins(5),
        }
    }
}

/// What the signing side is made of.
pub struct KeyringParts {
    pub roots: Roots<dyn RootUnwrapper>,
    /// What keys of version 1 are derived from, where there are any.
    pub first: Option<Arc<LocalRootUnwrapper>>,
    /// Signs with keys that never leave their provider.
    pub external: Option<Arc<dyn Signer>>,
    /// Nothing is sealed to a key-encryption key that the house did not make.
    pub mac: KekMac,
    pub entropy: Arc<dyn Entropy>,
    pub clock: Arc<dyn Clock>,
    pub holding: Holding,
}

/// Opens what the deciding side wrapped. For the executor only.
pub struct Keyring {
    parts: KeyringParts,
    keks: Arc<Cache<KekContext, Opened>>,
    opening: Flights<Row, Opened>,
    deks: Cache<(WalletId, u32), OpenDek>,
}

impl Keyring {
    pub fn new(parts: KeyringParts) -> Self {
        let Holding { keks, deks, ttl } = parts.holding;
        Self {
            keks: Arc::new(Cache::new(keks, ttl)),
            opening: Flights::new(),
            deks: Cache::new(deks, ttl),
            parts,
        }
    }

    /// Erases what was opened too long ago. Using the keyring does so too, once in a while; an idle
    /// one must be told.
    pub fn sweep(&self) {
        let now = self.parts.clock.now();
        self.keks.sweep(now);
        self.deks.sweep(now);
    }
}
