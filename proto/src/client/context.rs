//! What is remembered of callers: whose credential it was, by a keyed hash, and the context it was
//! exchanged for.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prost::Message as _;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use vaultpilot_core::{Caller, TenantName};

use crate::{Wire, pb};

/// A context is not used in its last seconds: the call it is for may take as long.
const MARGIN: Duration = Duration::from_secs(45);
const MAX_CALLERS: usize = 4096;

pub(super) struct Contexts {
    salt: [u8; 32],
    /// How long a caller is recognised after the context is over.
    keep: Duration,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    known: HashMap<Fingerprint, Known>,
    /// The newest context of each caller.
    newest: HashMap<CallerKey, Fingerprint>,
}

/// Of tenant, address and credential. Worth nothing without the salt, which never leaves the process.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint([u8; 32]);

/// A caller in bytes: as a message, which is the same for the same caller.
#[derive(Clone, PartialEq, Eq, Hash)]
struct CallerKey(Vec<u8>);

struct Known {
    caller: Caller,
    context: Vec<u8>,
    /// From here on it is exchanged for a new one.
    until: Instant,
    used: Instant,
}

impl Contexts {
    pub(super) fn new(salt: [u8; 32], keep: Duration) -> Self {
        Self {
            salt,
            keep,
            book: Mutex::default(),
        }
    }

    pub(super) fn fingerprint(
        &self,
        tenant: &TenantName,
        credential: &SecretString,
        ip: Option<IpAddr>,
    ) -> Fingerprint {
        let ip = ip.map(|ip| ip.to_string()).unwrap_or_default();
        let mut hasher = Sha256::new();
        hasher.update(self.salt);
        for part in [tenant.as_str(), &ip, credential.expose_secret()] {
            hasher.update(part.len().to_be_bytes());
            hasher.update(part);
        }
        Fingerprint(hasher.finalize().into())
    }

    pub(super) fn insert(
        &self,
        fingerprint: Fingerprint,
        caller: Caller,
        context: Vec<u8>,
        lifetime: Duration,
    ) {
        let now = Instant::now();
        let usable = match lifetime.checked_sub(MARGIN) {
            Some(usable) if usable > MARGIN => usable,
            _ => lifetime / 2,
        };
        let key = CallerKey::of(&caller);
        let one = Known {
            caller,
            context,
            until: now + usable,
            used: now,
        };
        let mut book = self.lock();
        if book.known.len() >= MAX_CALLERS {
            book.make_room(now, self.keep);
        }
        book.known.insert(fingerprint, one);
        book.newest.insert(key, fingerprint);
    }

    /// The caller, while the context is good.
    pub(super) fn caller(&self, fingerprint: Fingerprint) -> Option<Caller> {
        let now = Instant::now();
        let mut book = self.lock();
        let one = book.known.get_mut(&fingerprint)?;
        (now < one.until).then(|| {
            one.used = now;
            one.caller.clone()
        })
    }

    /// The caller, for a while longer: for reads, while nobody can be asked.
    pub(super) fn recognise(&self, fingerprint: Fingerprint) -> Option<Caller> {
        let book = self.lock();
        let one = book.known.get(&fingerprint)?;
        (Instant::now() < one.until + self.keep).then(|| one.caller.clone())
    }

    /// The newest context of a caller, even one that will not be accepted any more.
    pub(super) fn of(&self, caller: &Caller) -> Option<Vec<u8>> {
        let book = self.lock();
        let newest = book.newest.get(&CallerKey::of(caller))?;
        book.known.get(newest).map(|one| one.context.clone())
    }

    /// Contexts that are good, those used last first.
    pub(super) fn recent(&self, limit: usize) -> Vec<Vec<u8>> {
        let now = Instant::now();
        let book = self.lock();
        let mut good: Vec<_> = book.known.values().filter(|one| now < one.until).collect();
        good.sort_by_key(|one| std::cmp::Reverse(one.used));
        let contexts = good.into_iter().map(|one| one.context.clone());
        contexts.take(limit).collect()
    }

    pub(super) fn forget(&self, fingerprint: Fingerprint) {
        self.lock().forget(|key, _| *key == fingerprint);
    }

    pub(super) fn forget_caller(&self, caller: &Caller) {
        self.lock().forget(|_, one| one.caller == *caller);
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn make_room(&mut self, now: Instant, keep: Duration) {
        self.forget(|_, one| now >= one.until + keep);
        if self.known.len() < MAX_CALLERS {
            return;
        }
        let eldest = self.known.iter().min_by_key(|(_, one)| one.used);
        if let Some(eldest) = eldest.map(|(fingerprint, _)| *fingerprint) {
            self.forget(|key, _| *key == eldest);
        }
    }

    fn forget(&mut self, which: impl Fn(&Fingerprint, &Known) -> bool) {
        self.known.retain(|key, one| !which(key, one));
        self.newest.retain(|_, key| self.known.contains_key(key));
    }
}

impl CallerKey {
    fn of(caller: &Caller) -> Self {
        Self(pb::Caller::write(caller.clone()).encode_to_vec())
    }
}

#[cfg(test)]
mod tests;
