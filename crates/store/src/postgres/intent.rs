//! Intents: what was asked stands still, where it stands moves.

mod find;
mod list;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_intent::{Intent, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::store::StoreError;

use super::error::writing;
use super::payment;
use super::transaction::one;
use crate::row::intent::{IntentRow, StandingRow};
use crate::schema::intents;
use crate::scope::Scope;

pub(super) use find::{fetch, find, find_alike, find_by_hash};
pub(super) use list::{in_flight, list};

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    intent: &Intent,
    decision: &Decision,
) -> Result<(), StoreError> {
    scope.own(intent.tenant)?;
    let row = IntentRow::write(scope, intent, decision)?;
    let inserted = diesel::insert_into(intents::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map_err(writing("intent"))?;
    one(inserted, "intent")?;
    payment::project(conn, scope, intent).await
}

pub(super) async fn update(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    from: StateName,
    intent: &Intent,
    decision: &Decision,
) -> Result<(), StoreError> {
    scope.own(intent.tenant)?;
    let id = intent.id.to_string();
    let standing = StandingRow::next(from, intent, decision)?;
    let mine = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .filter(intents::id.eq(&id))
        .filter(intents::state.eq(from.as_str()));
    let updated = diesel::update(mine)
        .set(&standing)
        .execute(conn)
        .await
        .map_err(writing("intent"))?;
    one(updated, "intent")?;
    payment::project(conn, scope, intent).await
}
