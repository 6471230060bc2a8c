//! The deciding zone for one command: opened, used, and closed when everything is written down.

use std::sync::Arc;

use tokio_util::task::TaskTracker;
use vaultpilot_app::App;

use super::Context;
use crate::failure::Failure;
use crate::house::{Ground, deciding};

pub(super) struct Deciding {
    pub(super) app: Arc<App>,
    writers: TaskTracker,
}

impl Deciding {
    pub(super) async fn open(ctx: &Context) -> Result<Self, Failure> {
        let config = ctx.load()?.config;
        vaultpilot_keys::harden_process()?;
        let ground = Ground::open(&config).await?;
        let writers = TaskTracker::new();
        let app = deciding::open(&ground, &config.keys, &writers)?;
        Ok(Self { app, writers })
    }

    /// The audit log has everything before the process ends.
    pub(super) async fn close(self) {
        let Self { app, writers } = self;
        drop(app);
        writers.close();
        writers.wait().await;
    }
}
