//! What is done with keys beside signing: imports, exports, rotations. Runs where keys may be
//! unwrapped, beside the executor.
//!
//! Takes no input but the store. Every step is a transaction of its own that checks that nobody else
//! took the task on meanwhile; killed anywhere, it goes on where it was. A key in the clear never
//! comes here: the `Custodian` takes sealed ones and gives wrapped or sealed ones.

mod end;
mod export;
mod import;
pub(crate) mod leave;
mod policy;
mod rotate;
mod step;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use tokio_util::sync::CancellationToken;
use vaultpilot_audit::{Action, Actor, Draft, Outcome};
use vaultpilot_core::{AuditId, Clock, Duration, Entropy, KeyTaskId, TenantId, Timestamp};
use vaultpilot_ports::store::KeyTask;
use vaultpilot_ports::{ChainReader, Custodian, KeyError, Notice, Notifier, Store, StoreError};

use crate::patience::Patience;
use crate::{Exports, Feed};

pub(crate) use end::forgotten;

/// How often the store is asked for work nobody hinted at.
const PERIOD: Duration = Duration::from_secs(1);
/// So many tasks at once: one whose provider is slow does not hold up the others.
const AT_ONCE: usize = 4;

/// What the work on keys needs of the world.
pub struct CustodyParts {
    pub store: Arc<dyn Store>,
    pub custodian: Arc<dyn Custodian>,
    pub chain: Arc<dyn ChainReader>,
    pub notifier: Arc<dyn Notifier>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub feed: Feed,
    /// From this process's own configuration: what the store says is not enough for a key to leave.
    pub exports: Exports,
}

pub struct Custody {
    parts: CustodyParts,
    /// Tasks that wait for a provider.
    patience: Mutex<HashMap<KeyTaskId, Patience>>,
    stop: CancellationToken,
}

/// Why a step was not made.
enum Halt {
    /// Not now: it is tried again, less and less often.
    Wait(KeyError),
    /// Never: the task ends here, and nothing of it has happened that is not written down.
    Fail {
        code: &'static str,
        detail: String,
    },
    /// Somebody else was first, or the ground moved: look again.
    Again,
    Store(StoreError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Halt {
    /// What a key error means for a task: what passes is waited for.
    fn of(error: KeyError, about: &str) -> Self {
        if error.is_passing() {
            return Self::Wait(error);
        }
        Self::Fail {
            code: error.code(),
            detail: format!("{about}: {error}"),
        }
    }
}

impl Custody {
    pub fn new(parts: CustodyParts) -> Self {
        Self {
            parts,
            patience: Mutex::default(),
            stop: CancellationToken::new(),
        }
    }

    /// Runs until told to stop; the step it is at is finished first.
    pub async fn run(mut self, stop: CancellationToken) {
        self.stop = stop.clone();
        let mut last = None;
        while !stop.is_cancelled() {
            match self.tick().await {
                Ok(()) => last = None,
                Err(error) => {
                    let said = error.to_string();
                    if last.as_ref() != Some(&said) {
                        tracing::warn!(%error, "work on keys is interrupted; it goes on trying");
                    }
                    last = Some(said);
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.parts.feed.tasks() => {}
                () = tokio::time::sleep(PERIOD) => {}
            }
        }
    }

    /// Works on everything that is open, until it is over or waits.
    ///
    /// # Errors
    /// When the store does not answer; the rest is done next time.
    pub async fn tick(&self) -> Result<(), StoreError> {
        let now = self.now();
        let open = self.parts.store.key_task_open(now).await?;
        if let Ok(mut patience) = self.patience.lock() {
            patience.retain(|id, _| open.iter().any(|(_, task)| task == id));
        }
        let due = open
            .into_iter()
            .filter(|(_, id)| !self.is_waiting(*id, now));
        // One after the other of a tenant, so that none takes all the room there is.
        let mut tenants: BTreeMap<TenantId, Vec<KeyTaskId>> = BTreeMap::new();
        for (tenant, id) in due {
            tenants.entry(tenant).or_default().push(id);
        }
        let worked = futures::stream::iter(tenants)
            .map(|(tenant, ids)| self.work_all(tenant, ids))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        worked.into_iter().collect()
    }

    async fn work_all(&self, tenant: TenantId, ids: Vec<KeyTaskId>) -> Result<(), StoreError> {
        for id in ids {
            self.work(tenant, id).await?;
        }
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    fn is_waiting(&self, id: KeyTaskId, now: Timestamp) -> bool {
        let patience = self.patience.lock().ok();
        patience
            .and_then(|patience| patience.get(&id).map(|it| it.is_waiting(now)))
            .unwrap_or_default()
    }

    fn draft(&self, actor: &Actor, action: Action, outcome: Outcome) -> Draft {
        let clock = self.parts.clock.as_ref();
        let id = AuditId::new(clock, self.parts.entropy.as_ref());
        Draft::new(id, clock.now(), action, actor.clone(), outcome)
    }

    async fn alert(&self, message: String) {
        let at = self.now();
        self.parts
            .notifier
            .notify(Notice::Alert { at, message })
            .await;
    }

    /// The task as it is next.
    fn next(&self, task: &KeyTask) -> KeyTask {
        KeyTask {
            revision: task.revision.saturating_add(1),
            updated_at: self.now(),
            ..task.clone()
        }
    }
}
