//! Walks a chain and names the first entry that does not fit.

use vaultpilot_core::TenantId;

use crate::entry::hash;
use crate::{Entry, Head};

/// What is wrong with a chain, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("entry {seq} is missing")]
    Missing { seq: u64 },
    #[error("entry {seq} does not point to the entry before it")]
    Unlinked { seq: u64 },
    #[error("entry {seq} was altered")]
    Altered { seq: u64 },
    #[error("entry {seq} belongs to another tenant")]
    ForeignTenant { seq: u64 },
}

/// Verifies a chain entry by entry, so that it need not fit in memory.
#[derive(Debug, Clone)]
pub struct Verifier {
    tenant: TenantId,
    head: Head,
}

impl Verifier {
    pub const fn new(tenant: TenantId, from: Head) -> Self {
        Self { tenant, head: from }
    }

    pub const fn head(&self) -> Head {
        self.head
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// When it is not the one that belongs here.
    pub fn take(&mut self, entry: &Entry) -> Result<(), Broken> {
        let seq = self.head.seq.saturating_add(1);
        if entry.tenant != self.tenant {
            return Err(Broken::ForeignTenant { seq: entry.seq });
        }
        if entry.seq != seq {
            return Err(Broken::Missing { seq });
        }
        if entry.prev_hash != self.head.hash {
            return Err(Broken::Unlinked { seq });
        }
        if entry.hash != hash(self.tenant, seq, entry.prev_hash, &entry.draft) {
            return Err(Broken::Altered { seq });
        }
        self.head = Head {
            seq,
            hash: entry.hash,
        };
        Ok(())
    }
}

/// Verifies a whole chain from its beginning.
///
/// # Errors
/// The first entry that does not fit.
pub fn verify(tenant: TenantId, entries: &[Entry]) -> Result<Head, Broken> {
    let mut verifier = Verifier::new(tenant, Head::GENESIS);
    for entry in entries {
        verifier.take(entry)?;
    }
    Ok(verifier.head())
}
