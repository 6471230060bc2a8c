//! Sessions at Vault: one for each role, begun when it is needed and renewed before it ends.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio::sync::Mutex;
use tokio::time::Instant;
use vaultpilot_ports::keys::KeyError;

use crate::credential;
use crate::line::Line;
use crate::login;
use crate::options::VaultAuth;
use crate::path;
use crate::session::{Session, Stage};

/// Holding it is what makes it one login at a time.
type Slot = Mutex<Option<Arc<Session>>>;

pub(crate) struct Sessions {
    auth: VaultAuth,
    held: std::sync::Mutex<BTreeMap<String, Arc<Slot>>>,
}

impl Sessions {
    pub(crate) fn new(auth: VaultAuth) -> Self {
        Self {
            auth,
            held: std::sync::Mutex::default(),
        }
    }

    /// The role that logs in for a tenant who named `role`: nothing, where the method has no roles.
    pub(crate) fn role<'a>(&'a self, role: &'a str) -> Result<&'a str, KeyError> {
        let role = match &self.auth {
            VaultAuth::Token { .. } | VaultAuth::AppRole { .. } => return Ok(""),
            VaultAuth::Kubernetes { role: own, .. } => own.as_deref().unwrap_or(role),
        };
        path::segment(role).map_err(|why| KeyError::Unsupported {
            what: format!("role that logs in to vault for the tenant: {why}"),
        })
    }

    /// A session that lasts.
    pub(crate) async fn current(&self, line: &Line, role: &str) -> Result<Arc<Session>, KeyError> {
        let slot = self.slot(role);
        let mut held = slot.lock().await;
        let session = match held.as_ref() {
            Some(session) if !self.is_exchanged(session).await => {
                match session.stage(Instant::now()) {
                    Stage::Fresh => return Ok(Arc::clone(session)),
                    Stage::Due { renewable } => self.go_on(line, role, session, renewable).await?,
                    Stage::Over => self.begin(line, role).await?,
                }
            }
            _ => self.begin(line, role).await?,
        };
        Ok(Arc::clone(held.insert(session)))
    }

    /// Another session instead of one that was refused; `None` when another would be refused too.
    pub(crate) async fn instead_of(
        &self,
        line: &Line,
        role: &str,
        refused: &Arc<Session>,
    ) -> Result<Option<Arc<Session>>, KeyError> {
        let slot = self.slot(role);
        let mut held = slot.lock().await;
        if let Some(session) = held.as_ref()
            && !Arc::ptr_eq(session, refused)
        {
            // Somebody else was refused too, and came first.
            return Ok(Some(Arc::clone(session)));
        }
        let hopeless = match &self.auth {
            VaultAuth::Token { .. } => !self.is_exchanged(refused).await,
            VaultAuth::AppRole { .. } | VaultAuth::Kubernetes { .. } => {
                login::is_known(line, refused).await?
            }
        };
        if hopeless {
            return Ok(None);
        }
        *held = None;
        let session = self.begin(line, role).await?;
        Ok(Some(Arc::clone(held.insert(session))))
    }

    /// Keeps alive what cannot be begun anew: a token that somebody else made. Sessions of the other
    /// methods may end while nobody needs them. Gives how long it may rest.
    pub(crate) async fn tend(&self, line: &Line) -> Result<Option<Duration>, KeyError> {
        match self.auth {
            VaultAuth::Token { .. } => {
                let session = self.current(line, "").await?;
                Ok(session.rests(Instant::now()))
            }
            VaultAuth::AppRole { .. } | VaultAuth::Kubernetes { .. } => Ok(None),
        }
    }

    /// Renewed, or begun anew where it cannot be renewed. While the old one lasts, a Vault that is
    /// away for a moment is no reason to do without.
    async fn go_on(
        &self,
        line: &Line,
        role: &str,
        old: &Session,
        renewable: bool,
    ) -> Result<Arc<Session>, KeyError> {
        let renewed = if renewable {
            login::renew(line, old).await
        } else {
            login::begin(line, &self.auth, role).await
        };
        let renewed = match renewed {
            Ok(new) if renewable && new.is_fading(old) && self.can_begin() => {
                let begun = login::begin(line, &self.auth, role).await;
                Ok(begun.unwrap_or(new))
            }
            Err(KeyError::Denied { .. }) if renewable && self.can_begin() => {
                login::begin(line, &self.auth, role).await
            }
            renewed => renewed,
        };
        let now = Instant::now();
        match renewed {
            Ok(session) => Ok(Arc::new(session)),
            Err(error) if old.stage(now) == Stage::Over => Err(error),
            Err(error) => {
                tracing::warn!(%error, "session at vault was not renewed, the old one still lasts");
                Ok(Arc::new(old.later(now)))
            }
        }
    }

    async fn begin(&self, line: &Line, role: &str) -> Result<Arc<Session>, KeyError> {
        login::begin(line, &self.auth, role).await.map(Arc::new)
    }

    fn can_begin(&self) -> bool {
        !matches!(self.auth, VaultAuth::Token { .. })
    }

    /// Whether the file has another token by now. One that cannot be read has none.
    async fn is_exchanged(&self, session: &Session) -> bool {
        let VaultAuth::Token { file } = &self.auth else {
            return false;
        };
        let read = credential::read(file).await;
        read.is_ok_and(|now| now.expose_secret() != session.token.expose_secret())
    }

    fn slot(&self, role: &str) -> Arc<Slot> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(held.entry(role.to_owned()).or_default())
    }
}
