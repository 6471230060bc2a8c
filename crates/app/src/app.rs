//! The deciding side, and what it is made of.

use std::sync::{Arc, Mutex};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_audit::{Action, Actor, Draft, Outcome};
use vaultpilot_core::{AuditId, Caller, Clock, Entropy, TenantId, Timestamp};
use vaultpilot_policy::RateBook;
use vaultpilot_ports::{ChainReader, Faucet, KeyWrapper, Notifier, Store};

use crate::api_key::Pepper;
use crate::authenticate::KnownKeys;
use crate::snapshot::Snapshots;
use crate::wallet::KnownWallets;
use crate::{AuditWriter, Feed};

/// What the deciding side needs of the world. No signer: it cannot unwrap a key.
pub struct AppParts {
    pub store: Arc<dyn Store>,
    pub wrapper: Arc<dyn KeyWrapper>,
    pub chain: Arc<dyn ChainReader>,
    pub faucet: Arc<dyn Faucet>,
    pub notifier: Arc<dyn Notifier>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub audit: AuditWriter,
    pub feed: Feed,
    pub pepper: Pepper,
    /// Whether keys made here are `vp_live_` keys.
    pub live: bool,
    pub exports: Exports,
}

/// Whether a wallet's key may leave the house, sealed to whom it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exports {
    /// Never.
    #[default]
    Off,
    /// An owner alone may ask for one.
    ByOwner,
    /// A second person must agree.
    ByTwo,
}

/// The deciding side of the house. Implements `ports::ControlPlane`.
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) wrapper: Arc<dyn KeyWrapper>,
    pub(crate) chain: Arc<dyn ChainReader>,
    pub(crate) faucet: Arc<dyn Faucet>,
    pub(crate) notifier: Arc<dyn Notifier>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) audit: AuditWriter,
    pub(crate) feed: Feed,
    pub(crate) pepper: Pepper,
    pub(crate) live: bool,
    pub(crate) exports: Exports,
    pub(crate) snapshots: Snapshots,
    pub(crate) wallets: KnownWallets,
    pub(crate) keys: KnownKeys,
    pub(crate) rates: Mutex<RateBook>,
}

impl App {
    pub fn new(parts: AppParts) -> Self {
        let AppParts {
            store,
            wrapper,
            chain,
            faucet,
            notifier,
            clock,
            entropy,
            audit,
            feed,
            pepper,
            live,
            exports,
        } = parts;
        Self {
            store,
            wrapper,
            chain,
            faucet,
            notifier,
            clock,
            entropy,
            audit,
            feed,
            pepper,
            live,
            exports,
            snapshots: Snapshots::default(),
            wallets: KnownWallets::default(),
            keys: KnownKeys::default(),
            rates: Mutex::new(RateBook::new()),
        }
    }

    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An audit entry about what `caller` did, now.
    pub(crate) fn draft(&self, caller: &Caller, action: Action, outcome: Outcome) -> Draft {
        self.draft_by(Actor::from(caller), action, outcome)
    }

    pub(crate) fn draft_by(&self, actor: Actor, action: Action, outcome: Outcome) -> Draft {
        let id = AuditId::new(self.clock.as_ref(), self.entropy.as_ref());
        Draft::new(id, self.now(), action, actor, outcome)
    }

    /// The one tenant a failed authentication names, for its audit entry.
    pub(crate) async fn audit(
        &self,
        tenant: TenantId,
        draft: Draft,
    ) -> Result<(), vaultpilot_ports::Fault> {
        self.audit.append(tenant, draft).await
    }
}
