//! Reads that were answered while the control plane was away, until its audit log has them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vaultpilot_core::TenantName;
use vaultpilot_ports::Fault;
use vaultpilot_proto::client::RemoteControlPlane;
use vaultpilot_proto::wire::Read;
use vaultpilot_telemetry::RuntimeMetrics;

/// As many as one call delivers.
const BATCH: usize = 100;

pub(super) struct Owed {
    most: usize,
    reads: Mutex<VecDeque<Read>>,
    metrics: Arc<RuntimeMetrics>,
}

/// As many reads are owed as may be: nothing more is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl Owed {
    pub(super) fn new(most: usize, metrics: Arc<RuntimeMetrics>) -> Self {
        Self {
            most,
            reads: Mutex::default(),
            metrics,
        }
    }

    /// Takes the read down. Whoever gets `Full` answers nothing.
    pub(super) fn push(&self, read: Read) -> Result<(), Full> {
        let mut reads = self.lock();
        if reads.len() >= self.most {
            return Err(Full);
        }
        reads.push_back(read);
        self.metrics.reads_owed(reads.len());
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Delivers what is owed, the oldest first. What is not taken stays.
    pub(super) async fn deliver(&self, control: &RemoteControlPlane, tenant: &TenantName) {
        loop {
            let batch: Vec<Read> = self.lock().iter().take(BATCH).cloned().collect();
            if batch.is_empty() {
                return;
            }
            let told = batch.len();
            match control.record_reads(tenant, batch.clone()).await {
                Ok(recorded) => {
                    tracing::info!(
                        reads = recorded,
                        "reads of the time without control plane are in the audit log"
                    );
                    self.drop_first(told);
                }
                Err(Fault::Invalid { .. }) if told > 1 => {
                    if !self.deliver_singly(control, tenant, batch).await {
                        return;
                    }
                }
                Err(Fault::Invalid { message, .. }) => {
                    self.give_up(&batch, &message);
                }
                Err(fault) => {
                    tracing::warn!(
                        code = fault.code(),
                        owed = self.len(),
                        "reads are still owed to the audit log"
                    );
                    return;
                }
            }
        }
    }

    /// One of them is not taken; the others must not wait for it.
    async fn deliver_singly(
        &self,
        control: &RemoteControlPlane,
        tenant: &TenantName,
        batch: Vec<Read>,
    ) -> bool {
        for read in batch {
            let one = vec![read];
            match control.record_reads(tenant, one.clone()).await {
                Ok(_) => self.drop_first(1),
                Err(Fault::Invalid { message, .. }) => self.give_up(&one, &message),
                Err(_) => return false,
            }
        }
        true
    }

    /// The control plane will never take it: the log has it then, so that somebody looks.
    fn give_up(&self, reads: &[Read], message: &str) {
        for read in reads {
            tracing::error!(
                read.id,
                tool = read.tool.name(),
                served_at = %read.served_at,
                message,
                "a read cannot be written to the audit log"
            );
        }
        self.drop_first(reads.len());
    }

    fn drop_first(&self, count: usize) {
        let mut reads = self.lock();
        let count = count.min(reads.len());
        reads.drain(..count);
        self.metrics.reads_owed(reads.len());
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Read>> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
