//! Keys of Vault's transit engine as roots.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::{
    KekContext, KeyError, RootHealth, RootSealed, RootUnwrapper, RootWrapper,
};
use vaultpilot_secret::Secret;

use crate::ciphertext::Ciphertext;
use crate::context;
use crate::http::Http;
use crate::key::Key;
use crate::line::Line;
use crate::options::{VaultAuth, VaultOptions, VaultOptionsError};
use crate::path;
use crate::sessions::Sessions;
use crate::transit::{Made, Transit};

/// A token's file is looked at this often while nobody uses it.
const LONGEST_REST: Duration = Duration::from_mins(1);
const SHORTEST_REST: Duration = Duration::from_secs(1);

/// A Vault that holds roots. Cheap to clone; the clones share their sessions.
#[derive(Clone)]
pub struct VaultRoots {
    vault: Arc<Vault>,
}

struct Vault {
    transit: Transit,
    timeout: Duration,
}

/// Asks for `encrypt` and nothing else. For the side that decides.
#[derive(Clone)]
pub struct VaultWrapper {
    vault: Arc<Vault>,
}

/// Asks for `decrypt` and `rewrap`. For the side that signs.
#[derive(Clone)]
pub struct VaultUnwrapper {
    vault: Arc<Vault>,
}

impl VaultRoots {
    /// Reads the certificates and nothing else: Vault is first asked when something is needed of it,
    /// so that a process starts while it is away.
    ///
    /// # Errors
    /// When the options lead nowhere.
    pub fn new(options: &VaultOptions) -> Result<Self, VaultOptionsError> {
        if options.timeout.is_zero() {
            return Err(VaultOptionsError::Timeout);
        }
        match &options.auth {
            VaultAuth::Token { .. } => {}
            VaultAuth::AppRole { mount, .. } => {
                path::segments(mount).map_err(VaultOptionsError::Mount)?;
            }
            VaultAuth::Kubernetes { mount, role, .. } => {
                path::segments(mount).map_err(VaultOptionsError::Mount)?;
                if let Some(role) = role {
                    path::segment(role).map_err(VaultOptionsError::Role)?;
                }
            }
        }
        let transit = Transit {
            line: Line::new(Http::new(options)?),
            sessions: Sessions::new(options.auth.clone()),
        };
        let vault = Vault {
            transit,
            timeout: options.timeout,
        };
        Ok(Self {
            vault: Arc::new(vault),
        })
    }

    pub fn wrapper(&self) -> VaultWrapper {
        VaultWrapper {
            vault: Arc::clone(&self.vault),
        }
    }

    pub fn unwrapper(&self) -> VaultUnwrapper {
        VaultUnwrapper {
            vault: Arc::clone(&self.vault),
        }
    }

    /// Renews a token that only somebody else could make anew, also while nothing else asks for it.
    /// Never returns: run it beside the rest, and drop it at the end. The other logins need none of
    /// it and make it sleep.
    pub async fn tend(&self) {
        let mut well = true;
        loop {
            let Vault { transit, .. } = &*self.vault;
            let tended = self
                .vault
                .within(transit.sessions.tend(&transit.line))
                .await;
            let rest = match &tended {
                Ok(rest) => rest.unwrap_or(LONGEST_REST),
                Err(error) => {
                    if well {
                        tracing::warn!(%error, "token for vault cannot be kept");
                    }
                    LONGEST_REST / 6
                }
            };
            well = tended.is_ok();
            tokio::time::sleep(rest.clamp(SHORTEST_REST, LONGEST_REST)).await;
        }
    }
}

impl Vault {
    async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, KeyError>>,
    ) -> Result<T, KeyError> {
        let done = tokio::time::timeout(self.timeout, call).await;
        done.unwrap_or(Err(KeyError::TimedOut))
    }
}

#[async_trait]
impl RootWrapper for VaultWrapper {
    async fn wrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        seed: &Secret,
    ) -> Result<RootSealed, KeyError> {
        let key = Key::of(root)?;
        let transit = &self.vault.transit;
        let wrapped = self.vault.within(async {
            transit.check(&key).await?;
            transit.demand_kept(&key).await?;
            transit.encrypt(&key, seed, &context::of_kek(context)).await
        });
        wrapped.await.map(Made::into_sealed)
    }

    async fn check(&self, root: &KeyManagement) -> Result<RootHealth, KeyError> {
        let key = Key::of(root)?;
        let checked = self.vault.within(self.vault.transit.check(&key)).await?;
        Ok(RootHealth { root: checked.root })
    }
}

#[async_trait]
impl RootUnwrapper for VaultUnwrapper {
    async fn unwrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<Secret, KeyError> {
        let key = Key::of(root)?;
        let ciphertext = ciphertext(&key, sealed)?;
        let context = context::of_kek(context);
        let transit = &self.vault.transit;
        let unwrapped = transit.decrypt(&key, ciphertext, &context);
        self.vault.within(unwrapped).await
    }

    async fn rewrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<RootSealed, KeyError> {
        let key = Key::of(root)?;
        let ciphertext = ciphertext(&key, sealed)?;
        let context = context::of_kek(context);
        let transit = &self.vault.transit;
        let rewrapped = transit.rewrap(&key, ciphertext, &context);
        self.vault.within(rewrapped).await.map(Made::into_sealed)
    }
}

impl Made {
    fn into_sealed(self) -> RootSealed {
        RootSealed {
            root: self.root,
            bytes: self.text.into_bytes(),
        }
    }
}

/// What this key made: the record says so in two places, which have to agree.
fn ciphertext<'a>(key: &Key<'_>, sealed: &'a RootSealed) -> Result<Ciphertext<'a>, KeyError> {
    Ciphertext::parse(&sealed.bytes)
        .filter(|ciphertext| ciphertext.root(key.mount, key.name) == sealed.root)
        .ok_or(KeyError::NotUnwrapped)
}
