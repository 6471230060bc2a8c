//! What a backup says of itself, before anything else.

use serde::{Deserialize, Serialize};
use vaultpilot_core::Timestamp;

/// What this program writes, and the newest it reads.
pub const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Read first: a newer one is refused before anything else is understood.
    pub format: u32,
    /// The version of the program that made it.
    pub product: String,
    pub edition: Edition,
    pub created_at: Timestamp,
    pub database: Database,
    pub tenants: Vec<TenantMark>,
    pub tables: Vec<TableMark>,
    /// In the order they follow in.
    pub members: Vec<Member>,
    /// What unwraps the keys in it, as providers name their keys.
    pub roots: Vec<String>,
    /// Whether the house's own secrets are in it: then whoever opens it has the keys.
    pub has_secrets: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    Edge,
    Hosted,
}

impl Edition {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edge => "edge",
            Self::Hosted => "hosted",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// `sqlite` or `postgres`
    pub kind: String,
    /// The newest schema change that was applied.
    pub schema: String,
}

/// A tenant, and where its audit chain ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantMark {
    pub id: String,
    pub name: String,
    pub audit_entries: u64,
    pub audit_head: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableMark {
    pub name: String,
    pub rows: u64,
    /// What its rows point to, so that a copy can be checked without a database.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    pub columns: Vec<String>,
    pub table: String,
    pub of: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub name: String,
    pub kind: Kind,
    pub bytes: u64,
    /// As hexadecimal digits.
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// A whole database file of SQLite.
    File,
    /// The rows of a table, a JSON object a line.
    Table { table: String },
    /// A file of the data folder that nobody else may see.
    Secret { file: String },
}

impl Manifest {
    /// Whether members have names of ours, each once: nothing in an archive names a path.
    pub(crate) fn is_plain(&self) -> bool {
        let mut names: Vec<&str> = self.members.iter().map(|it| it.name.as_str()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        let plain = |text: &str| {
            let word = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.');
            !text.is_empty() && !text.starts_with('.') && text.chars().all(word)
        };
        let kind = |kind: &Kind| match kind {
            Kind::File => true,
            Kind::Table { table: name } | Kind::Secret { file: name } => plain(name),
        };
        names.len() == count
            && names.iter().all(|name| name.split('/').all(plain))
            && self.members.iter().all(|member| kind(&member.kind))
    }
}
