//! Who a key is.

use axum::extract::State;
use axum::routing::get;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::Serialize;
use vaultpilot_core::{Caller, Role, Scope};

use crate::Api;
use crate::operation::{Method, Operation, Route};

#[derive(Serialize, JsonSchema)]
struct Whoami {
    tenant: String,
    name: String,
    /// `agent` or `person`
    kind: &'static str,
    role: Role,
    scopes: Vec<Scope>,
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("whoami", Method::Get, "/api/v1/whoami")
            .says("Who this key is.")
            .any_key()
            .gives::<Whoami>()
            .handled_by(get(whoami)),
    ]
}

async fn whoami(State(api): State<Api>, Extension(caller): Extension<Caller>) -> Json<Whoami> {
    Json(Whoami {
        tenant: api.house.tenant.to_string(),
        name: caller.name().to_owned(),
        kind: if caller.is_person() {
            "person"
        } else {
            "agent"
        },
        role: caller.role,
        scopes: caller.scopes,
    })
}
