//! Keeps what people would have been told.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use vaultpilot_ports::notify::{Notice, Notifier};

use crate::lock;

/// Clones share one record.
#[derive(Debug, Clone, Default)]
pub struct RecordingNotifier(Arc<Mutex<Vec<Notice>>>);

impl RecordingNotifier {
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything since the last time, oldest first.
    pub fn drain(&self) -> Vec<Notice> {
        std::mem::take(&mut lock(&self.0))
    }

    pub fn count(&self, which: impl Fn(&Notice) -> bool) -> usize {
        lock(&self.0).iter().filter(|notice| which(notice)).count()
    }

    /// The one-time code of the newest approval that has one.
    pub fn last_code(&self) -> Option<String> {
        lock(&self.0).iter().rev().find_map(|notice| match notice {
            Notice::ApprovalRequested {
                code: Some(code), ..
            } => Some(code.expose_secret().to_owned()),
            _ => None,
        })
    }

    pub fn alerts(&self) -> Vec<String> {
        let alert = |notice: &Notice| match notice {
            Notice::Alert { message, .. } => Some(message.clone()),
            _ => None,
        };
        lock(&self.0).iter().filter_map(alert).collect()
    }
}

#[async_trait]
impl Notifier for RecordingNotifier {
    async fn notify(&self, notice: Notice) {
        lock(&self.0).push(notice);
    }
}
