//! Rotation.

use axum::extract::State;
use axum::routing::post;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_app::KeyTaskView;
use vaultpilot_core::Permission;
use vaultpilot_ports::store::KeyLevel;

use super::Called;
use crate::operation::{Method, Operation, Route};
use crate::rest::input::Body;
use crate::{Api, Problem};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Operation::new("custody_rotate", Method::Post, "/api/v1/custody/rotations")
            .says("Rotates keys; the rotation of this level that is under way, if there is one.")
            .needs(Permission::CustodyWrite)
            .takes::<Rotate>()
            .gives::<KeyTaskView>()
            .handled_by(post(rotate)),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rotate {
    level: Level,
}

/// What is rotated.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Level {
    /// The tenant's key-encryption keys are wrapped anew by the newest version of their root.
    Root,
    /// The tenant gets another key-encryption key, and every wallet's key comes under it.
    Tenant,
}

async fn rotate(
    State(api): State<Api>,
    Extension(caller): Called,
    Body(body): Body<Rotate>,
) -> Result<Json<KeyTaskView>, Problem> {
    let level = match body.level {
        Level::Root => KeyLevel::Root,
        Level::Tenant => KeyLevel::Tenant,
    };
    Ok(Json(api.app.custody_rotate(&caller, level).await?))
}
