//! The work on keys: what was asked for, and how far it is.

use axum::extract::State;
use axum::routing::get;
use axum::{Extension, Json};
use serde::Deserialize;
use vaultpilot_app::KeyTaskView;
use vaultpilot_core::{KeyTaskId, Permission};
use vaultpilot_ports::control_plane::{ListQuery, Listed};

use super::Called;
use crate::operation::{Method, Operation, Route};
use crate::rest::input::{Asked, Named};
use crate::{Api, Problem};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Operation::new("custody_task_list", Method::Get, "/api/v1/custody/tasks")
            .says("Work on keys, newest first.")
            .needs(Permission::CustodyApprove)
            .query(&[
                ("cursor", "next_cursor of the page before"),
                ("limit", "1 to 200, 50 if absent"),
            ])
            .gives::<Listed<KeyTaskView>>()
            .handled_by(get(list)),
        Operation::new(
            "custody_task_get",
            Method::Get,
            "/api/v1/custody/tasks/{task}",
        )
        .says("One piece of work on keys.")
        .needs(Permission::CustodyApprove)
        .query(&[("wait_s", "0 to 20: how long to wait while it runs")])
        .gives::<KeyTaskView>()
        .handled_by(get(fetch)),
    ]
}

#[derive(Deserialize)]
struct Wait {
    #[serde(default)]
    wait_s: u64,
}

async fn list(
    State(api): State<Api>,
    Extension(caller): Called,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<Listed<KeyTaskView>>, Problem> {
    Ok(Json(api.app.custody_tasks(&caller, &query).await?))
}

async fn fetch(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(id): Named<KeyTaskId>,
    Asked(wait): Asked<Wait>,
) -> Result<Json<KeyTaskView>, Problem> {
    let task = api.app.custody_task_wait(&caller, id, wait.wait_s);
    Ok(Json(task.await?))
}
