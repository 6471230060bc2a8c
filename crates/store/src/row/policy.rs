//! A policy as a row.

use std::collections::BTreeMap;

use diesel::prelude::*;
use vaultpilot_core::Asset;
use vaultpilot_ports::store::{PolicyRecord, StoreError};

use crate::cell::{Cells, nanos};
use crate::schema::policies;
use crate::scope::Scope;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = policies, treat_none_as_null = true)]
pub(crate) struct PolicyRow {
    pub(crate) tenant_id: String,
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) document: String,
    pub(crate) decimals: String,
    pub(crate) managed: Option<String>,
    pub(crate) updated_at: i64,
}

impl PolicyRow {
    pub(crate) fn write(scope: &Scope, policy: &PolicyRecord) -> Result<Self, StoreError> {
        let name = policy.name.to_string();
        let cells = Cells::of("policies", &name);
        // Pairs: an asset is no JSON key.
        let decimals: Vec<(&Asset, &u8)> = policy.decimals.iter().collect();
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            id: policy.id.to_string(),
            document: cells.to_json("document", &policy.document)?,
            decimals: cells.to_json("decimals", &decimals)?,
            managed: cells.to_maybe_json("managed", policy.managed.as_ref())?,
            updated_at: nanos(policy.updated_at),
            name,
        })
    }

    pub(crate) fn read(&self) -> Result<PolicyRecord, StoreError> {
        let cells = Cells::of("policies", &self.name);
        let decimals: Vec<(Asset, u8)> = cells.json("decimals", &self.decimals)?;
        Ok(PolicyRecord {
            id: cells.parse("id", &self.id)?,
            name: cells.parse("name", &self.name)?,
            document: cells.json("document", &self.document)?,
            decimals: decimals.into_iter().collect::<BTreeMap<_, _>>(),
            managed: cells.maybe_json("managed", self.managed.as_deref())?,
            updated_at: cells.time("updated_at", self.updated_at)?,
        })
    }
}
