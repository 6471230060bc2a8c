//! What a copy of a database says of itself, and what is done to one before anybody works with it.

mod key_task;

use serde::{Deserialize, Serialize};
use vaultpilot_audit::{Draft, Head};
use vaultpilot_core::{TenantId, Timestamp};

pub(crate) use key_task::ended;

/// A copy's contents, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The newest schema change that was applied.
    pub schema: String,
    pub tables: Vec<SnapshotTable>,
    pub tenants: Vec<SnapshotTenant>,
    /// What unwraps the keys in it, as providers name their keys.
    pub roots: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotTable {
    pub name: String,
    pub rows: u64,
    pub references: Vec<SnapshotReference>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotReference {
    pub columns: Vec<String>,
    pub table: String,
    pub of: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotTenant {
    pub id: String,
    pub name: String,
    pub audit: Head,
}

/// How the audit log is told of a restore: the time, and an entry for each tenant with so many
/// wallets.
pub struct RestoreNote {
    pub at: Timestamp,
    pub draft: Box<dyn Fn(TenantId, u64) -> Draft + Send>,
}

/// What was turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Restored {
    pub tenants: u64,
    pub wallets: u64,
}

impl Restored {
    pub(crate) fn add(&mut self, wallets: u64) {
        self.tenants = self.tenants.saturating_add(1);
        self.wallets = self.wallets.saturating_add(wallets);
    }
}

/// diesel's own table: the schema it tells of is made, not copied.
pub(crate) const MIGRATIONS: &str = "__diesel_schema_migrations";
