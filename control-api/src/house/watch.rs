//! Looks at the chains now and then, and says when one is lost or found again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use vaultpilot_app::App;
use vaultpilot_core::Clock;
use vaultpilot_ports::{Notice, Notifier};

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(5);

pub(crate) struct ChainWatch {
    pub app: Arc<App>,
    pub notifier: Arc<dyn Notifier>,
    pub clock: Arc<dyn Clock>,
}

impl ChainWatch {
    /// Looks at once, then every period, until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut lost = BTreeSet::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.look(&mut lost) => {}
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PERIOD) => {}
            }
        }
    }

    async fn look(&self, lost: &mut BTreeSet<String>) {
        for chain in self.app.chain_status().await {
            let message = if chain.reachable {
                if !lost.remove(&chain.id) {
                    continue;
                }
                format!("{} ({}) is reached again", chain.name, chain.id)
            } else {
                if !lost.insert(chain.id.clone()) {
                    continue;
                }
                format!(
                    "{} ({}) cannot be reached: payments on it fail until it answers, everything \
                     else works",
                    chain.name, chain.id
                )
            };
            let at = self.clock.now();
            self.notifier.notify(Notice::Alert { at, message }).await;
        }
    }
}
