//! A backup in a few words, and what its file is called unless somebody says otherwise.

use std::path::PathBuf;

use serde_json::{Value, json};
use vaultpilot_core::Timestamp;

use crate::Manifest;

/// The time of the copy, as a file's name.
pub fn file_name(now: Timestamp) -> PathBuf {
    let digits: String = now
        .to_string()
        .chars()
        .take_while(|c| *c != '.')
        .filter(char::is_ascii_alphanumeric)
        .collect();
    PathBuf::from(format!("vaultpilot-{digits}.vpbackup.age"))
}

impl Manifest {
    /// For programs: what both editions say of it.
    pub fn told(&self) -> Value {
        json!({
            "format": self.format,
            "product": self.product,
            "edition": self.edition,
            "created_at": self.created_at,
            "schema": self.database.schema,
            "tenants": self.tenants,
            "roots": self.roots,
        })
    }

    /// For people: when it was taken, and where each audit chain ended.
    pub fn words(&self) -> String {
        let mut lines = vec![format!(
            "taken {} by version {}, schema {}",
            self.created_at, self.product, self.database.schema
        )];
        for tenant in &self.tenants {
            lines.push(format!(
                "tenant {}: {} audit entries, head {}",
                tenant.name, tenant.audit_entries, tenant.audit_head
            ));
        }
        lines.join("\n")
    }
}
