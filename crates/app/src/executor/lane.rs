//! One wallet on one chain: its intents in order, under a lease.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vaultpilot_core::{Duration, IntentId, TenantId};
use vaultpilot_intent::{Intent, IntentState, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::StoreError;
use vaultpilot_ports::store::{InFlight, Lease};

use super::{ExecutorParts, LaneKey};
use crate::patience::Patience;

/// How long a lease lasts without renewal: a dead holder's lane is taken over after this.
const LEASE: Duration = Duration::from_secs(5);
/// Renewed when less than this is left.
const RENEW: Duration = Duration::from_secs(3);
/// At most so many signed and unconfirmed transactions of one wallet.
const IN_FLIGHT: usize = 64;

pub(super) struct Lane {
    pub(super) parts: Arc<ExecutorParts>,
    pub(super) key: LaneKey,
    hint: Arc<Notify>,
    pub(super) lease: Option<Lease>,
    /// The head at which an intent's nonce was first seen past it without a receipt.
    pub(super) passed: HashMap<IntentId, u64>,
    /// How often an intent's bytes were sent again; each time waits longer.
    pub(super) resent: HashMap<IntentId, u32>,
    pub(super) last_trouble: Option<String>,
    /// With what unwraps or signs.
    pub(super) patience: Patience,
}

/// One intent as the lane handles it.
pub(super) struct Work {
    pub tenant: TenantId,
    pub intent: Intent,
    pub decision: Decision,
}

/// What is left for this lane to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    /// Waiting for the chain, or for another try.
    Waiting,
}

impl Lane {
    pub(super) fn new(parts: Arc<ExecutorParts>, key: LaneKey, hint: Arc<Notify>) -> Self {
        Self {
            parts,
            key,
            hint,
            lease: None,
            passed: HashMap::new(),
            resent: HashMap::new(),
            last_trouble: None,
            patience: Patience::default(),
        }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let left = match self.round(&stop).await {
                Ok(left) => left,
                Err(StoreError::LeaseLost) => {
                    self.lease = None;
                    Left::Waiting
                }
                Err(error) => {
                    self.trouble(&error.to_string());
                    Left::Waiting
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.hint.notified() => {}
                () = tokio::time::sleep(self.parts.poll), if left == Left::Waiting => {}
            }
        }
    }

    /// One look at everything in flight, oldest first.
    async fn round(&mut self, stop: &CancellationToken) -> Result<Left, StoreError> {
        if !self.hold().await? {
            return Ok(Left::Waiting);
        }
        let work = self.parts.store.intent_in_flight().await?;
        let mine: Vec<InFlight> = work
            .into_iter()
            .filter(|one| (one.chain, one.address) == self.key)
            .collect();
        self.passed
            .retain(|id, _| mine.iter().any(|one| one.intent == *id));
        let mut signed = 0;
        let mut blocked = false;
        for one in &mine {
            if stop.is_cancelled() || !self.hold().await? {
                return Ok(Left::Waiting);
            }
            if one.state == StateName::Authorized && (blocked || signed >= IN_FLIGHT) {
                continue;
            }
            let Some(mut work) = self.load(one).await? else {
                continue;
            };
            self.drive(&mut work).await?;
            match work.intent.state {
                IntentState::Authorized { .. }
                | IntentState::Signed { .. }
                | IntentState::Ambiguous { .. } => blocked = true,
                IntentState::Broadcast { .. } | IntentState::Confirmed { .. } => signed += 1,
                _ => {}
            }
        }
        Ok(if mine.is_empty() {
            Left::Nothing
        } else {
            Left::Waiting
        })
    }

    /// Does what this intent's state asks for, until it waits for the chain.
    async fn drive(&mut self, work: &mut Work) -> Result<(), StoreError> {
        if matches!(work.intent.state, IntentState::Authorized { .. }) {
            self.sign(work).await?;
        }
        match work.intent.state {
            IntentState::Signed { .. } => self.broadcast(work).await,
            IntentState::Broadcast { .. }
            | IntentState::Ambiguous { .. }
            | IntentState::Confirmed { .. } => self.track(work).await,
            _ => Ok(()),
        }
    }

    /// Holds the lease, or not: then somebody else signs for this wallet.
    async fn hold(&mut self) -> Result<bool, StoreError> {
        let now = self.parts.clock.now();
        let fresh = vaultpilot_core::clock::after(now, RENEW);
        if self
            .lease
            .as_ref()
            .is_some_and(|lease| lease.expires_at > fresh)
        {
            return Ok(true);
        }
        let (chain, address) = self.key;
        let holder = &self.parts.holder;
        self.lease = self
            .parts
            .store
            .lease_acquire(chain, address, holder, now, LEASE)
            .await?;
        Ok(self.lease.is_some())
    }

    async fn load(&self, one: &InFlight) -> Result<Option<Work>, StoreError> {
        let mut tx = self.parts.store.read(one.tenant).await?;
        let found = tx.intent_fetch(one.intent).await?;
        Ok(found.map(|(intent, decision)| Work {
            tenant: one.tenant,
            intent,
            decision,
        }))
    }

    /// Logs a failure once, until another one follows.
    pub(super) fn trouble(&mut self, what: &str) {
        if self.last_trouble.as_deref() != Some(what) {
            let (chain, address) = self.key;
            tracing::warn!(chain.id = %chain, wallet.address = %address, what, "lane waits");
            self.last_trouble = Some(what.to_owned());
        }
    }
}
