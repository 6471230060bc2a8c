//! The audit chain, page by page, for export and offline verification.

use vaultpilot_audit::Entry;
use vaultpilot_core::{Caller, Permission};
use vaultpilot_ports::Fault;

use super::allowed;
use crate::App;
use crate::error::OrFault;

/// The most entries of one page.
const MOST: u32 = 1000;

impl App {
    /// Entries after `after`, in order, as they are chained.
    ///
    /// # Errors
    /// `Forbidden` for who may not.
    pub async fn audit_page(
        &self,
        caller: &Caller,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, Fault> {
        allowed(caller, Permission::AuditRead)?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        tx.audit_list(after, limit.clamp(1, MOST)).await.fault()
    }
}
