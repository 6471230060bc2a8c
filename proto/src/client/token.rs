//! The workload's token: the kubelet writes a new one into the same file long before the old one
//! is over.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tonic::metadata::{Ascii, MetadataValue};

/// How long what was read is believed to be what is there.
const FRESH: Duration = Duration::from_secs(5);

pub(super) struct Token {
    path: PathBuf,
    held: Mutex<Option<Held>>,
}

struct Held {
    bearer: MetadataValue<Ascii>,
    read_at: Instant,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum TokenError {
    #[error("the workload's token cannot be read")]
    Read(#[source] std::io::Error),
    #[error("the workload's token is empty or not text that fits in a header")]
    Shape,
}

impl Token {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            held: Mutex::new(None),
        }
    }

    pub(super) async fn bearer(&self) -> Result<MetadataValue<Ascii>, TokenError> {
        if let Some(bearer) = self.fresh() {
            return Ok(bearer);
        }
        let text = tokio::fs::read_to_string(&self.path).await;
        let text = text.map_err(TokenError::Read)?;
        let token = text.trim();
        if token.is_empty() {
            return Err(TokenError::Shape);
        }
        let mut bearer: MetadataValue<Ascii> = format!("Bearer {token}")
            .parse()
            .map_err(|_| TokenError::Shape)?;
        bearer.set_sensitive(true);
        *self.lock() = Some(Held {
            bearer: bearer.clone(),
            read_at: Instant::now(),
        });
        Ok(bearer)
    }

    /// The server did not take it: what is in the file now may be another one.
    pub(super) fn forget(&self) {
        *self.lock() = None;
    }

    fn fresh(&self) -> Option<MetadataValue<Ascii>> {
        let held = self.lock();
        let held = held.as_ref()?;
        (held.read_at.elapsed() < FRESH).then(|| held.bearer.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
