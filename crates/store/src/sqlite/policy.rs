//! Policies, one row per name.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{Asset, Label};
use vaultpilot_ports::store::{PolicyRecord, StoreError};

use super::cell::{Cells, nanos};
use super::error::{reading, writing};
use super::scope::Scope;
use crate::schema::policies;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = policies, treat_none_as_null = true)]
struct PolicyRow {
    tenant_id: String,
    name: String,
    id: String,
    document: String,
    decimals: String,
    managed: Option<String>,
    updated_at: i64,
}

impl PolicyRow {
    fn write(scope: &Scope, policy: &PolicyRecord) -> Result<Self, StoreError> {
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

    fn read(&self) -> Result<PolicyRecord, StoreError> {
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

pub(super) fn list(
    conn: &mut SqliteConnection,
    scope: &Scope,
) -> Result<Vec<PolicyRecord>, StoreError> {
    let rows = policies::table
        .filter(policies::tenant_id.eq(scope.key()))
        .order(policies::name)
        .select(PolicyRow::as_select())
        .load(conn)
        .map_err(reading)?;
    rows.iter().map(PolicyRow::read).collect()
}

pub(super) fn put(
    conn: &mut SqliteConnection,
    scope: &Scope,
    policy: &PolicyRecord,
) -> Result<(), StoreError> {
    let row = PolicyRow::write(scope, policy)?;
    diesel::insert_into(policies::table)
        .values(&row)
        .on_conflict((policies::tenant_id, policies::name))
        .do_update()
        .set(&row)
        .execute(conn)
        .map_err(writing("policy"))?;
    Ok(())
}

pub(super) fn delete(
    conn: &mut SqliteConnection,
    scope: &Scope,
    name: &Label,
) -> Result<bool, StoreError> {
    let mine = policies::table
        .filter(policies::tenant_id.eq(scope.key()))
        .filter(policies::name.eq(name.as_str()));
    let deleted = diesel::delete(mine)
        .execute(conn)
        .map_err(writing("policy"))?;
    Ok(deleted == 1)
}
