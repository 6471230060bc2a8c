//! API keys.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::Serialize;
use vaultpilot_app::{KeyCreate, KeyView};
use vaultpilot_core::{Caller, KeyId, Permission};

use super::input::{Body, Named};
use crate::operation::{Method, Operation, Route};
use crate::{Api, Problem};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("key_list", Method::Get, "/api/v1/keys")
            .says("API keys, without their secrets.")
            .needs(Permission::KeyWrite)
            .gives::<Keys>()
            .handled_by(get(list)),
        Operation::new("key_create", Method::Post, "/api/v1/keys")
            .says("Makes a key. Its secret is in this answer and nowhere else.")
            .needs(Permission::KeyWrite)
            .takes::<KeyCreate>()
            .gives::<Created>()
            .handled_by(post(create)),
        Operation::new("key_revoke", Method::Delete, "/api/v1/keys/{key}")
            .says("Ends a key at once.")
            .needs(Permission::KeyWrite)
            .handled_by(delete(revoke)),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Keys {
    items: Vec<KeyView>,
}

#[derive(Serialize, JsonSchema)]
struct Created {
    key: KeyView,
    secret: String,
}

type Called = Extension<Caller>;

async fn list(State(api): State<Api>, Extension(caller): Called) -> Result<Json<Keys>, Problem> {
    Ok(Json(Keys {
        items: api.app.key_list(&caller).await?,
    }))
}

async fn create(
    State(api): State<Api>,
    Extension(caller): Called,
    Body(body): Body<KeyCreate>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let created = api.app.key_create(&caller, &body).await?;
    let secret = created.secret.expose().to_owned();
    Ok((
        StatusCode::CREATED,
        Json(Created {
            key: created.key,
            secret,
        }),
    ))
}

async fn revoke(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(id): Named<KeyId>,
) -> Result<StatusCode, Problem> {
    api.app.key_revoke(&caller, id).await?;
    api.sessions.end_of(id);
    Ok(StatusCode::NO_CONTENT)
}
