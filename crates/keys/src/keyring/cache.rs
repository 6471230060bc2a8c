//! What was opened, for a while: bounded in number and in time.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use vaultpilot_core::{Duration, Timestamp, clock};

/// The least recently used makes room. Nothing outlives `ttl` after it was opened, used or not: a
/// root that no longer unwraps is noticed by then.
pub(super) struct Cache<K, V> {
    capacity: usize,
    ttl: Duration,
    inner: Mutex<Inner<K, V>>,
}

struct Inner<K, V> {
    entries: HashMap<K, Entry<V>>,
    /// By when they were last used, the longest ago first.
    order: BTreeMap<u64, K>,
    uses: u64,
    swept_at: Timestamp,
}

struct Entry<V> {
    value: Arc<V>,
    opened_at: Timestamp,
    used: u64,
}

impl<K: Copy + Eq + Hash, V> Cache<K, V> {
    pub(super) fn new(capacity: usize, ttl: Duration) -> Self {
        Self {
            capacity: capacity.max(1),
            ttl,
            inner: Mutex::new(Inner {
                entries: HashMap::new(),
                order: BTreeMap::new(),
                uses: 0,
                swept_at: Timestamp::MIN,
            }),
        }
    }

    pub(super) fn get(&self, key: &K, now: Timestamp) -> Option<Arc<V>> {
        let mut guard = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let inner = &mut *guard;
        let next = inner.next_use();
        let entry = inner.entries.get_mut(key)?;
        if !self.is_fresh(entry.opened_at, now) {
            inner.remove(key);
            return None;
        }
        inner.order.remove(&entry.used);
        inner.order.insert(next, *key);
        entry.used = next;
        Some(Arc::clone(&entry.value))
    }

    /// `opened_at` may be before `now`: what was opened with something else lasts no longer than that.
    pub(super) fn put(&self, key: K, value: Arc<V>, opened_at: Timestamp, now: Timestamp) {
        let mut guard = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let inner = &mut *guard;
        inner.remove(&key);
        if clock::after(inner.swept_at, self.ttl) <= now || now < inner.swept_at {
            self.sweep_in(inner, now);
        }
        while inner.entries.len() >= self.capacity {
            let Some((_, oldest)) = inner.order.pop_first() else {
                break;
            };
            inner.entries.remove(&oldest);
        }
        let used = inner.next_use();
        inner.order.insert(used, key);
        let entry = Entry {
            value,
            opened_at,
            used,
        };
        inner.entries.insert(key, entry);
    }

    /// Erases what is over, also where nobody asks for it again.
    pub(super) fn sweep(&self, now: Timestamp) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        self.sweep_in(&mut inner, now);
    }

    fn sweep_in(&self, inner: &mut Inner<K, V>, now: Timestamp) {
        let over: Vec<K> = inner
            .entries
            .iter()
            .filter(|(_, entry)| !self.is_fresh(entry.opened_at, now))
            .map(|(key, _)| *key)
            .collect();
        for key in over {
            inner.remove(&key);
        }
        inner.swept_at = now;
    }

    /// A clock that was set back makes nothing last longer.
    fn is_fresh(&self, opened_at: Timestamp, now: Timestamp) -> bool {
        opened_at <= now && now < clock::after(opened_at, self.ttl)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(inner.entries.len(), inner.order.len());
        inner.entries.len()
    }
}

impl<K: Copy + Eq + Hash, V> Inner<K, V> {
    fn next_use(&mut self) -> u64 {
        self.uses = self.uses.wrapping_add(1);
        self.uses
    }

    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.order.remove(&entry.used);
        }
    }
}

#[cfg(test)]
mod tests;
