//! Looks at the chains now and then, and says when one is lost or found again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use vaultpilot_core::{ChainId, Clock};
use vaultpilot_ports::chain::ChainView;
use vaultpilot_ports::{ChainReader, Notice, Notifier};

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(5);

pub struct ChainWatch {
    pub chains: Arc<dyn ChainReader>,
    pub notifier: Arc<dyn Notifier>,
    pub clock: Arc<dyn Clock>,
}

impl ChainWatch {
    /// Looks at once, then every period, until told to stop.
    pub async fn run(self, stop: CancellationToken) {
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

    async fn look(&self, lost: &mut BTreeSet<ChainId>) {
        let chains = self.chains.chains();
        let asked = chains
            .iter()
            .map(async |chain| (chain, self.chains.head(chain.id).await.is_ok()));
        for (ChainView { id, name, .. }, reached) in join_all(asked).await {
            let message = if reached {
                if !lost.remove(id) {
                    continue;
                }
                format!("{name} ({id}) is reached again")
            } else {
                if !lost.insert(*id) {
                    continue;
                }
                format!(
                    "{name} ({id}) cannot be reached: payments on it fail until it answers, \
                     everything else works"
                )
            };
            let at = self.clock.now();
            self.notifier.notify(Notice::Alert { at, message }).await;
        }
    }
}
