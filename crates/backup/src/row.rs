//! Tables as JSON lines, checked without a database: audit chains and foreign keys.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use vaultpilot_audit::{Draft, Entry, EntryHash, Head, Verifier};
use vaultpilot_core::TenantId;

use crate::line::Lines;
use crate::{BackupError, Manifest, Reference, TableMark};

/// The table of the audit chains.
const EVENTS: &str = "mcp_events";

/// Sixteen bytes of a hash stand for a row's key.
type Key = [u8; 16];

/// What is learnt of the rows while they pass.
pub struct Rows {
    tables: Vec<TableMark>,
    /// By what is pointed to: table and columns.
    there: HashMap<(String, Vec<String>), HashSet<Key>>,
    /// By who points.
    wanted: BTreeMap<(String, usize), HashSet<Key>>,
    chains: BTreeMap<TenantId, Verifier>,
}

impl Rows {
    pub fn new(manifest: &Manifest) -> Self {
        let targets = manifest.tables.iter().flat_map(|table| &table.references);
        let there = targets.map(|it| ((it.table.clone(), it.of.clone()), HashSet::new()));
        Self {
            tables: manifest.tables.clone(),
            there: there.collect(),
            wanted: BTreeMap::new(),
            chains: BTreeMap::new(),
        }
    }

    /// # Errors
    /// When a line is no row, or an audit entry does not follow the one before it.
    pub fn table(&mut self, name: &str, content: impl Read) -> Result<(), BackupError> {
        let damaged = |error: &dyn std::fmt::Display| {
            BackupError::damaged(format!("a row of {name} does not read: {error}"))
        };
        for line in Lines::of(content) {
            let line = line.map_err(|error| damaged(&error))?;
            let row: Map<String, Value> =
                serde_json::from_str(&line).map_err(|error| damaged(&error))?;
            self.keys(name, &row);
            if name == EVENTS {
                let entry = entry(&row).ok_or_else(|| damaged(&"it is no audit entry"))?;
                let first = || Verifier::new(entry.tenant, Head::GENESIS);
                let chain = self.chains.entry(entry.tenant).or_insert_with(first);
                chain.take(&entry).map_err(|broken| {
                    BackupError::damaged(format!("audit chain of {}: {broken}", entry.tenant))
                })?;
            }
        }
        Ok(())
    }

    fn keys(&mut self, name: &str, row: &Map<String, Value>) {
        for ((table, columns), keys) in &mut self.there {
            if table == name
                && let Some(key) = key(row, columns)
            {
                keys.insert(key);
            }
        }
        let Some(mark) = self.tables.iter().find(|mark| mark.name == name) else {
            return;
        };
        for (place, reference) in mark.references.iter().enumerate() {
            if let Some(key) = key(row, &reference.columns) {
                let wanted = self.wanted.entry((name.to_owned(), place));
                wanted.or_default().insert(key);
            }
        }
    }

    /// # Errors
    /// When a row points to one that is not there, or a chain does not end where it ended.
    pub fn finish(self, manifest: &Manifest) -> Result<(), BackupError> {
        for ((name, place), wanted) in &self.wanted {
            let mark = self.tables.iter().find(|mark| mark.name == *name);
            let Some(Reference { table, of, .. }) =
                mark.and_then(|mark| mark.references.get(*place))
            else {
                continue;
            };
            let there = self.there.get(&(table.clone(), of.clone()));
            if !there.is_some_and(|there| wanted.is_subset(there)) {
                let what = format!("a row of {name} points to one of {table} that is not there");
                return Err(BackupError::damaged(what));
            }
        }
        let heads: BTreeMap<String, Head> = self
            .chains
            .iter()
            .map(|(tenant, chain)| (tenant.to_string(), chain.head()))
            .collect();
        manifest.holds(&heads)
    }
}

impl Manifest {
    /// # Errors
    /// When a tenant's audit chain does not end where the manifest says, or one is missing.
    pub fn holds(&self, heads: &BTreeMap<String, Head>) -> Result<(), BackupError> {
        let known: HashSet<&String> = self.tenants.iter().map(|tenant| &tenant.id).collect();
        if let Some(stranger) = heads.keys().find(|id| !known.contains(id)) {
            let what = format!("it has entries of {stranger}, whom the manifest does not name");
            return Err(BackupError::damaged(what));
        }
        for tenant in &self.tenants {
            let head = heads.get(&tenant.id).copied().unwrap_or(Head::GENESIS);
            if head.seq != tenant.audit_entries || head.hash.to_string() != tenant.audit_head {
                let what = format!(
                    "the audit chain of {} does not end where it ended",
                    tenant.name
                );
                return Err(BackupError::damaged(what));
            }
        }
        Ok(())
    }
}

/// `None` where a column is null: that points to nothing.
fn key(row: &Map<String, Value>, columns: &[String]) -> Option<Key> {
    let mut hasher = Sha256::new();
    for column in columns {
        let value = row.get(column).filter(|value| !value.is_null())?;
        hasher.update(value.to_string().as_bytes());
        hasher.update([0]);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    digest.first_chunk().copied()
}

fn entry(row: &Map<String, Value>) -> Option<Entry> {
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let hash = |name: &str| {
        let mut bytes = [0u8; 32];
        let digits = text(name)?.strip_prefix("\\x")?;
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(EntryHash(bytes))
    };
    let draft: Draft = serde_json::from_str(text("draft")?).ok()?;
    Some(Entry {
        tenant: text("tenant_id")?.parse().ok()?,
        seq: row.get("seq").and_then(Value::as_u64)?,
        prev_hash: hash("prev_hash")?,
        draft,
        hash: hash("hash")?,
    })
}
