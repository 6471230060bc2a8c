//! Commits audit entries of reads in groups. No entry, no answer; and no waiting for ever.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use vaultpilot_audit::Draft;
use vaultpilot_core::{Duration, TenantId};
use vaultpilot_ports::{Fault, Store, StoreError};

/// The largest group of one commit.
const GROUP: usize = 512;
/// How long a call waits for its entry before it fails closed.
const DEADLINE: Duration = Duration::from_secs(5);

struct Pending {
    tenant: TenantId,
    draft: Draft,
    done: oneshot::Sender<bool>,
}

/// Hands entries to the one task that writes them.
#[derive(Clone)]
pub struct AuditWriter {
    queue: mpsc::Sender<Pending>,
}

impl AuditWriter {
    /// The writer, and the task to be run for it.
    pub fn new(store: Arc<dyn Store>) -> (Self, impl Future<Output = ()> + Send + 'static) {
        Self::observed(store, |_, _| {})
    }

    /// The same; `observe` hears of each commit: how many entries, and how long it took.
    pub fn observed(
        store: Arc<dyn Store>,
        observe: impl Fn(usize, Duration) + Send + 'static,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (queue, pending) = mpsc::channel(4 * GROUP);
        (Self { queue }, write(store, pending, observe))
    }

    /// Returns once the entry is durable.
    ///
    /// # Errors
    /// `Unavailable` when it could not be made so in time.
    pub async fn append(&self, tenant: TenantId, draft: Draft) -> Result<(), Fault> {
        let unavailable = || {
            Fault::unavailable(
                "audit_unavailable",
                "the audit log cannot be written, so nothing is answered; try again",
            )
        };
        let (done, written) = oneshot::channel();
        let append = async {
            self.queue
                .send(Pending {
                    tenant,
                    draft,
                    done,
                })
                .await
                .ok()?;
            written.await.ok()
        };
        match tokio::time::timeout(DEADLINE, append).await {
            Ok(Some(true)) => Ok(()),
            _ => Err(unavailable()),
        }
    }
}

async fn write(
    store: Arc<dyn Store>,
    mut pending: mpsc::Receiver<Pending>,
    observe: impl Fn(usize, Duration),
) {
    let mut group = Vec::with_capacity(GROUP);
    while pending.recv_many(&mut group, GROUP).await > 0 {
        let mut tenants: BTreeMap<TenantId, (Vec<Draft>, Vec<oneshot::Sender<bool>>)> =
            BTreeMap::new();
        for Pending {
            tenant,
            draft,
            done,
        } in group.drain(..)
        {
            let (drafts, waiting) = tenants.entry(tenant).or_default();
            drafts.push(draft);
            waiting.push(done);
        }
        for (tenant, (drafts, waiting)) in tenants {
            let (entries, start) = (drafts.len(), tokio::time::Instant::now());
            let written = commit(store.as_ref(), tenant, drafts).await;
            observe(entries, start.elapsed());
            if let Err(error) = &written {
                tracing::error!(%error, tenant.id = %tenant, "audit entries were not written");
            }
            for done in waiting {
                // The caller may have given up; its entry is there all the same.
                let _ = done.send(written.is_ok());
            }
        }
    }
}

async fn commit(store: &dyn Store, tenant: TenantId, drafts: Vec<Draft>) -> Result<(), StoreError> {
    let mut tx = store.begin(tenant).await?;
    tx.audit_append(drafts).await?;
    tx.commit().await
}
