//! Wrapped keys and tasks on them, in memory. A generation is added and never replaced.

use std::collections::{BTreeMap, BTreeSet};

use vaultpilot_core::{KeyTaskId, Timestamp, WalletId};
use vaultpilot_ports::keys::{Export, TenantKek, WrappedKey};
use vaultpilot_ports::store::{KeyTask, KeyTaskState, KeyWork, StoreError};

use super::state::Rows;

const fn conflict(what: &'static str) -> StoreError {
    StoreError::Conflict { what }
}

/// Whether what it was asked with is still needed.
fn is_under_way(task: &KeyTask) -> bool {
    let state = &task.state;
    state.is_running() || matches!(state, KeyTaskState::AwaitingApproval { .. })
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

impl Rows {
    pub(super) fn newest_key(&self, id: WalletId) -> Option<&WrappedKey> {
        let all = (id, 0, 0)..=(id, u32::MAX, u32::MAX);
        self.keys.range(all).next_back().map(|(_, key)| key)
    }

    fn newest_keys(&self) -> impl Iterator<Item = (WalletId, &WrappedKey)> {
        let wallets = self.wallets.keys();
        wallets.filter_map(|id| Some((*id, self.newest_key(*id)?)))
    }

    /// Of every version, not of the newest alone.
    fn newest_generations(&self) -> impl Iterator<Item = &WrappedKey> {
        self.keys
            .iter()
            .filter(|((wallet, version, generation), _)| {
                let next = (*wallet, *version, generation.saturating_add(1));
                let last = (*wallet, *version, u32::MAX);
                next > last || self.keys.range(next..=last).next().is_none()
            })
            .map(|(_, key)| key)
    }

    pub(super) fn keys_behind(
        &self,
        kek: u32,
        after: Option<WalletId>,
        limit: u32,
    ) -> Vec<(WalletId, WrappedKey)> {
        let behind = |key: &WrappedKey| match key.kek {
            Some(under) => under < kek,
            None => key.provider == "local",
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        self.newest_keys()
            .filter(|(id, _)| after.is_none_or(|after| *id > after))
            .filter(|(_, key)| behind(key))
            .take(limit)
            .map(|(id, key)| (id, key.clone()))
            .collect()
    }

    pub(super) fn keys_counted(&self) -> BTreeMap<(String, Option<u32>), u64> {
        let mut counted = BTreeMap::new();
        for (_, key) in self.newest_keys() {
            *counted.entry((key.provider.clone(), key.kek)).or_default() += 1;
        }
        counted
    }

    /// Refuses a key under a key-encryption key that is not there.
    pub(super) fn key_opens(&self, key: &WrappedKey) -> Result<(), StoreError> {
        match key.kek {
            Some(version) if self.kek(version).is_none() => Err(conflict("tenant kek")),
            _ => Ok(()),
        }
    }

    pub(super) fn key_rewrap(&mut self, id: WalletId, key: &WrappedKey) -> Result<(), StoreError> {
        let newest = self.newest_key(id).ok_or(conflict("wallet key"))?;
        let next = newest.generation.checked_add(1);
        if key.version != newest.version || Some(key.generation) != next {
            return Err(conflict("wallet key"));
        }
        self.key_opens(key)?;
        self.keys
            .insert((id, key.version, key.generation), key.clone());
        Ok(())
    }

    pub(super) fn key_purge(&mut self) -> u64 {
        let places: Vec<_> = self.keys.keys().copied().collect();
        let pairs = places.iter().zip(places.iter().skip(1));
        let old: Vec<_> = pairs
            .filter(|(this, next)| (this.0, this.1) == (next.0, next.1))
            .map(|(this, _)| *this)
            .collect();
        for place in &old {
            self.keys.remove(place);
        }
        count(old.len())
    }

    pub(super) fn kek(&self, version: u32) -> Option<&TenantKek> {
        let all = (version, 0)..=(version, u32::MAX);
        self.keks.range(all).next_back().map(|(_, kek)| kek)
    }

    pub(super) fn newest_keks(&self) -> Vec<TenantKek> {
        let versions: BTreeSet<u32> = self.keks.keys().map(|(version, _)| *version).collect();
        let newest = versions.into_iter().filter_map(|it| self.kek(it));
        newest.cloned().collect()
    }

    pub(super) fn kek_insert(&mut self, kek: &TenantKek) -> Result<(), StoreError> {
        let last = self.keks.keys().next_back().map_or(0, |last| last.0);
        let follows = match self.kek(kek.version) {
            Some(same) => {
                Some(kek.generation) == same.generation.checked_add(1)
                    && (kek.seals, kek.imports) == (same.seals, same.imports)
            }
            None => Some(kek.version) == last.checked_add(1) && kek.generation == 1,
        };
        if !follows {
            return Err(conflict("tenant kek"));
        }
        self.keks.insert((kek.version, kek.generation), kek.clone());
        Ok(())
    }

    pub(super) fn kek_purge(&mut self) -> u64 {
        let mut used: BTreeSet<u32> = self
            .newest_generations()
            .filter_map(|key| key.kek)
            .collect();
        for task in self.key_tasks.values().filter(|task| is_under_way(task)) {
            match &task.work {
                KeyWork::Import { keys, .. } => used.extend(keys.iter().map(|key| key.kek)),
                KeyWork::Export {
                    export: Export::Keystore { kek, .. },
                    ..
                } => used.extend(Some(*kek)),
                KeyWork::Export { .. } | KeyWork::Rotate { .. } => {}
            }
        }
        used.extend(self.keks.keys().next_back().map(|last| last.0));
        let before = self.keks.len();
        let newest = self.newest_keks();
        let kept = newest.iter().filter(|kek| used.contains(&kek.version));
        self.keks = kept
            .map(|kek| ((kek.version, kek.generation), kek.clone()))
            .collect();
        count(before.saturating_sub(self.keks.len()))
    }

    pub(super) fn key_tasks_open(&self, now: Timestamp) -> impl Iterator<Item = KeyTaskId> {
        let tasks = self.key_tasks.values();
        tasks
            .filter(move |task| task.state.is_open(now))
            .map(|task| task.id)
    }

    pub(super) fn key_task_insert(&mut self, task: &KeyTask) -> Result<(), StoreError> {
        if self.key_tasks.contains_key(&task.id) {
            return Err(conflict("key task"));
        }
        self.key_tasks.insert(task.id, task.clone());
        Ok(())
    }

    pub(super) fn key_task_update(&mut self, seen: u64, task: &KeyTask) -> Result<(), StoreError> {
        let stored = self.key_tasks.get_mut(&task.id);
        let stored = stored
            .filter(|stored| stored.revision == seen)
            .ok_or(conflict("key task"))?;
        *stored = KeyTask {
            by: stored.by.clone(),
            created_at: stored.created_at,
            ..task.clone()
        };
        Ok(())
    }
}
