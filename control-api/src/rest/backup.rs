//! Backups are announced here, and what came out of one is reconciled. No backup is ever made or
//! read through this door: a key to it must not be a way to the keys of wallets.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_app::Reconciliation;
use vaultpilot_core::{Caller, Permission};
use vaultpilot_ports::control_plane::WalletRef;

use super::input::{Asked, Body, parse};
use crate::operation::{Method, Operation, Route};
use crate::{Api, Problem};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("backup_announce", Method::Post, "/api/v1/backups")
            .says("Writes down that the house is about to be copied, and for whom; copies nothing.")
            .needs(Permission::KeyWrite)
            .takes::<Announced>()
            .gives::<Recorded>()
            .handled_by(post(announce)),
        Operation::new("reconcile_get", Method::Get, "/api/v1/reconcile")
            .says("What chains say of wallets that came out of a backup.")
            .needs(Permission::Read)
            .query(&[("wallet", "label or id; every restored wallet if absent")])
            .gives::<Reconciliation>()
            .handled_by(get(look)),
        Operation::new("reconcile_acknowledge", Method::Post, "/api/v1/reconcile")
            .says("Refuses what may have been paid since the backup, and lets wallets sign again.")
            .needs(Permission::WalletThaw)
            .takes::<Wanted>()
            .gives::<Reconciliation>()
            .handled_by(post(acknowledge)),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Announced {
    /// For whom it is sealed: age recipients, or `passphrase`.
    recipients: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Recorded {
    recorded: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Label or id; every restored wallet if absent.
    wallet: Option<String>,
}

type Called = Extension<Caller>;

async fn announce(
    State(api): State<Api>,
    Extension(caller): Called,
    Body(body): Body<Announced>,
) -> Result<Json<Recorded>, Problem> {
    api.app.backup_begin(&caller, &body.recipients).await?;
    Ok(Json(Recorded { recorded: true }))
}

async fn look(
    State(api): State<Api>,
    Extension(caller): Called,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Reconciliation>, Problem> {
    let wallet = wallet(&wanted)?;
    Ok(Json(
        api.app
            .person_reconcile_look(&caller, wallet.as_ref())
            .await?,
    ))
}

async fn acknowledge(
    State(api): State<Api>,
    Extension(caller): Called,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Reconciliation>, Problem> {
    let wallet = wallet(&wanted)?;
    Ok(Json(
        api.app.person_reconcile(&caller, wallet.as_ref()).await?,
    ))
}

fn wallet(wanted: &Wanted) -> Result<Option<WalletRef>, Problem> {
    wanted
        .wallet
        .as_deref()
        .map(|text| parse("wallet", text))
        .transpose()
}
