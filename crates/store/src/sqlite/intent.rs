//! Intents: what was asked stands still, where it stands moves.

mod find;
mod list;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_intent::{Intent, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::store::StoreError;

use super::error::writing;
use super::payment;
use super::scope::Scope;
use super::transaction::together;
use crate::row::intent::{IntentRow, StandingRow};
use crate::schema::intents;

pub(super) use find::{fetch, find, find_alike, find_by_hash};
pub(super) use list::{in_flight, list};

pub(super) fn insert(
    conn: &mut SqliteConnection,
    scope: &Scope,
    intent: &Intent,
    decision: &Decision,
) -> Result<(), StoreError> {
    scope.own(intent.tenant)?;
    let row = IntentRow::write(scope, intent, decision)?;
    together(conn, |conn| {
        diesel::insert_into(intents::table)
            .values(&row)
            .execute(conn)
            .map_err(writing("intent"))?;
        payment::project(conn, scope, intent)
    })
}

pub(super) fn update(
    conn: &mut SqliteConnection,
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
    together(conn, |conn| {
        let updated = diesel::update(mine)
            .set(&standing)
            .execute(conn)
            .map_err(writing("intent"))?;
        if updated != 1 {
            return Err(StoreError::Conflict { what: "intent" });
        }
        payment::project(conn, scope, intent)
    })
}
