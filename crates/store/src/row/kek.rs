//! A tenant's key-encryption key as a row.

pub(crate) mod newer;

use std::collections::BTreeSet;

use diesel::prelude::*;
use vaultpilot_ports::keys::TenantKek;
use vaultpilot_ports::store::StoreError;

use crate::cell::{Cells, nanos};
use crate::schema::tenant_keks;
use crate::scope::Scope;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tenant_keks)]
pub(crate) struct KekRow {
    tenant_id: String,
    version: i64,
    generation: i64,
    management: String,
    root: String,
    wrapped: Vec<u8>,
    seals: Vec<u8>,
    imports: Vec<u8>,
    mac: Vec<u8>,
    created_at: i64,
}

impl KekRow {
    pub(crate) fn write(scope: &Scope, kek: &TenantKek) -> Result<Self, StoreError> {
        let cells = Cells::of("tenant_keks", scope.key());
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            version: i64::from(kek.version),
            generation: i64::from(kek.generation),
            management: cells.to_json("management", &kek.management)?,
            root: kek.root.clone(),
            wrapped: kek.wrapped.clone(),
            seals: kek.seals.to_vec(),
            imports: kek.imports.to_vec(),
            mac: kek.mac.to_vec(),
            created_at: nanos(kek.created_at),
        })
    }

    pub(crate) fn read(self) -> Result<TenantKek, StoreError> {
        let row = format!("{}/{}", self.tenant_id, self.version);
        let cells = Cells::of("tenant_keks", &row);
        Ok(TenantKek {
            version: cells.integer("version", self.version)?,
            generation: cells.integer("generation", self.generation)?,
            management: cells.json("management", &self.management)?,
            root: self.root,
            wrapped: self.wrapped,
            seals: cells.bytes("seals", &self.seals)?,
            imports: cells.bytes("imports", &self.imports)?,
            mac: cells.bytes("mac", &self.mac)?,
            created_at: cells.time("created_at", self.created_at)?,
        })
    }
}

/// Whether `kek` may be added: the next version, or the same key as the newest generation of its
/// version, wrapped anew. `current` is the newest of all, `same` the newest of its version.
pub(crate) fn follows(
    kek: &TenantKek,
    current: Option<&TenantKek>,
    same: Option<&TenantKek>,
) -> bool {
    let last = current.map_or(0, |current| current.version);
    match same {
        Some(same) => {
            same.generation.checked_add(1) == Some(kek.generation)
                && same.seals == kek.seals
                && same.imports == kek.imports
        }
        None => last.checked_add(1) == Some(kek.version) && kek.generation == 1,
    }
}

/// The versions that are used no more: older than the newest, and named by nothing.
pub(crate) fn unused(there: &[TenantKek], named: &BTreeSet<u32>) -> Vec<i64> {
    let newest = there.iter().map(|kek| kek.version).max();
    let versions = there.iter().map(|kek| kek.version);
    versions
        .filter(|version| Some(*version) != newest && !named.contains(version))
        .map(i64::from)
        .collect()
}
