//! A wallet's key, asked for and let pass.

use axum::extract::State;
use axum::routing::post;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_app::KeyTaskView;
use vaultpilot_core::{KeyTaskId, Permission};
use vaultpilot_ports::control_plane::WalletRef;
use vaultpilot_ports::keys::Export;

use super::Called;
use crate::operation::{Method, Operation, Route};
use crate::rest::input::{Body, Named, parse};
use crate::{Api, Problem};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Operation::new("custody_export", Method::Post, "/api/v1/custody/exports")
            .says("Asks for a wallet's key, sealed to whom it is for. Off unless the house allows it.")
            .needs(Permission::CustodyExport)
            .takes::<Ask>()
            .gives::<KeyTaskView>()
            .handled_by(post(export)),
        Operation::new(
            "custody_approve",
            Method::Post,
            "/api/v1/custody/tasks/{task}/approve",
        )
        .says("Lets somebody else's request for a key pass.")
        .needs(Permission::CustodyApprove)
        .gives::<KeyTaskView>()
        .handled_by(post(approve)),
        Operation::new(
            "custody_reject",
            Method::Post,
            "/api/v1/custody/tasks/{task}/reject",
        )
        .says("Ends a request for a key.")
        .needs(Permission::CustodyApprove)
        .gives::<KeyTaskView>()
        .handled_by(post(reject)),
        Operation::new(
            "custody_bundle",
            Method::Post,
            "/api/v1/custody/tasks/{task}/bundle",
        )
        .says("The exported key, sealed, for who asked for it; forgotten with this answer.")
        .needs(Permission::CustodyExport)
        .gives::<Bundle>()
        .handled_by(post(bundle)),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ask {
    /// Label or id.
    wallet: String,
    to: To,
}

/// For whom, and in which form.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "form", rename_all = "snake_case", deny_unknown_fields)]
enum To {
    /// Sealed to an age recipient.
    Age {
        /// `age1…`
        recipient: String,
    },
    /// A V3 keystore.
    Keystore {
        /// Its password, sealed to the tenant's import recipient: an armoured age file.
        password: String,
        /// The version of the tenant's key-encryption key whose recipient that is; the one in force if
        /// absent.
        kek: Option<u32>,
    },
}

/// An exported key.
#[derive(Serialize, JsonSchema)]
struct Bundle {
    /// An armoured age file, or a V3 keystore as JSON.
    bundle: String,
}

async fn export(
    State(api): State<Api>,
    Extension(caller): Called,
    Body(body): Body<Ask>,
) -> Result<Json<KeyTaskView>, Problem> {
    let wallet: WalletRef = parse("wallet", &body.wallet)?;
    let to = match body.to {
        To::Age { recipient } => Export::Age { recipient },
        To::Keystore { password, kek } => Export::Keystore {
            password,
            kek: kek.unwrap_or_default(),
        },
    };
    Ok(Json(api.app.custody_export(&caller, &wallet, &to).await?))
}

async fn approve(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(id): Named<KeyTaskId>,
) -> Result<Json<KeyTaskView>, Problem> {
    Ok(Json(api.app.custody_approve(&caller, id).await?))
}

async fn reject(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(id): Named<KeyTaskId>,
) -> Result<Json<KeyTaskView>, Problem> {
    Ok(Json(api.app.custody_reject(&caller, id).await?))
}

async fn bundle(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(id): Named<KeyTaskId>,
) -> Result<Json<Bundle>, Problem> {
    let bundle = api.app.custody_bundle(&caller, id).await?;
    Ok(Json(Bundle { bundle }))
}
