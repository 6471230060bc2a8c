//! What both zones stand on: store, chains, clock, randomness, metrics.

use std::sync::Arc;
use std::time::Duration;

use vaultpilot_app::Feed;
use vaultpilot_chain::{Chains, ChainsError};
use vaultpilot_config::HostedConfig;
use vaultpilot_core::{Clock, Entropy};
use vaultpilot_keys::RootError;
use vaultpilot_keys_kms::KmsError;
use vaultpilot_keys_vault::VaultOptionsError;
use vaultpilot_ports::{Notifier, Store, StoreError};
use vaultpilot_telemetry::Metrics;

use super::secret::SecretError;
use super::{Notices, Providers, chain, open_store};
use crate::machine::{OsEntropy, SystemClock};

/// Why the house does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("database cannot be used")]
    Store(#[from] StoreError),
    #[error("database lacks {pending} schema changes")]
    NotMigrated { pending: usize },
    #[error("chains cannot be used")]
    Chains(#[from] ChainsError),
    #[error("key encryption key cannot be opened")]
    Kek(#[from] RootError),
    #[error("secret cannot be read")]
    Secret(#[from] SecretError),
    #[error("vault cannot be used as it is configured")]
    Vault(#[from] VaultOptionsError),
    #[error("AWS KMS cannot be used as it is configured")]
    AwsKms(#[from] KmsError),
}

impl OpenError {
    /// Whether waiting may help: the database comes up, or somebody migrates it.
    pub const fn passes(&self) -> bool {
        matches!(self, Self::Store(_) | Self::NotMigrated { .. })
    }
}

pub struct Ground {
    pub store: Arc<dyn Store>,
    pub chains: Arc<Chains>,
    pub providers: Providers,
    /// How often a chain is asked for receipts.
    pub poll: Duration,
    pub feed: Feed,
    pub metrics: Arc<Metrics>,
    pub notifier: Arc<dyn Notifier>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl Ground {
    /// # Errors
    /// When the database cannot be used or a chain's endpoint is unusable. A chain that does not
    /// answer is no reason not to start.
    pub async fn open(config: &HostedConfig) -> Result<Self, OpenError> {
        let (chains, poll) = chain::open(config)?;
        let providers = Providers::open(&config.vault, &config.aws_kms).await?;
        let store = Arc::new(open_store(&config.database).await?);
        let metrics = Arc::new(Metrics::new(env!("CARGO_PKG_VERSION"), "cluster"));
        metrics.watch_key_memory(|| vaultpilot_keys::protection().as_str());
        let notifier = Arc::new(Notices {
            metrics: Arc::clone(&metrics),
        });
        Ok(Self {
            store,
            chains: Arc::new(chains),
            providers,
            poll,
            feed: Feed::default(),
            metrics,
            notifier,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
        })
    }
}
