//! Policies, one row per name.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::Label;
use vaultpilot_ports::store::{PolicyRecord, StoreError};

use super::error::{reading, writing};
use crate::row::policy::PolicyRow;
use crate::schema::policies;
use crate::scope::Scope;

pub(super) async fn list(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
) -> Result<Vec<PolicyRecord>, StoreError> {
    let rows = policies::table
        .filter(policies::tenant_id.eq(scope.key()))
        .order(policies::name)
        .select(PolicyRow::as_select())
        .load(conn)
        .await
        .map_err(reading)?;
    rows.iter().map(PolicyRow::read).collect()
}

pub(super) async fn put(
    conn: &mut AsyncPgConnection,
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
        .await
        .map_err(writing("policy"))?;
    Ok(())
}

pub(super) async fn delete(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    name: &Label,
) -> Result<bool, StoreError> {
    let mine = policies::table
        .filter(policies::tenant_id.eq(scope.key()))
        .filter(policies::name.eq(name.as_str()));
    let deleted = diesel::delete(mine)
        .execute(conn)
        .await
        .map_err(writing("policy"))?;
    Ok(deleted == 1)
}
