//! Keys: how they are kept, and the work on them. People alone; no tool of agents does any of this.

mod export;
mod import;
mod rotate;
mod task;

use axum::extract::State;
use axum::routing::get;
use axum::{Extension, Json};
use vaultpilot_app::CustodyView;
use vaultpilot_core::{Caller, Permission};

use crate::operation::{Method, Operation, Route};
use crate::{Api, Problem};

pub(crate) fn routes() -> Vec<Route> {
    let status = Operation::new("custody_status", Method::Get, "/api/v1/custody")
        .says("How the tenant's keys are kept, and whom keys to be imported are sealed to.")
        .needs(Permission::CustodyWrite)
        .gives::<CustodyView>()
        .handled_by(get(status));
    let mut routes = vec![status];
    routes.extend(rotate::routes());
    routes.extend(import::routes());
    routes.extend(export::routes());
    routes.extend(task::routes());
    routes
}

type Called = Extension<Caller>;

async fn status(
    State(api): State<Api>,
    Extension(caller): Called,
) -> Result<Json<CustodyView>, Problem> {
    Ok(Json(api.app.custody_status(&caller).await?))
}
