//! Approvals: what waits for a person, and the person's answer.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Extension, Json};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use vaultpilot_app::{ApprovalAnswer, DecideApproval};
use vaultpilot_core::{ApprovalId, Caller, Permission};
use vaultpilot_ports::control_plane::{
    ApprovalQuery, ApprovalView, ListQuery, Listed, PaymentView,
};

use super::input::{Asked, Body, Named};
use crate::operation::{Method, Operation, Route};
use crate::{Api, Problem};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("approval_list", Method::Get, "/api/v1/approvals")
            .says("Approvals, newest first.")
            .needs(Permission::Read)
            .query(&[
                ("waiting_only", "true: only those nobody has decided"),
                ("cursor", "next_cursor of the page before"),
                ("limit", "1 to 200, 50 if absent"),
            ])
            .gives::<Listed<ApprovalView>>()
            .handled_by(get(list)),
        Operation::new("approval_get", Method::Get, "/api/v1/approvals/{approval}")
            .says("One approval.")
            .needs(Permission::Read)
            .gives::<ApprovalView>()
            .handled_by(get(fetch)),
        Operation::new(
            "approval_approve",
            Method::Post,
            "/api/v1/approvals/{approval}/approve",
        )
        .says("Says yes. Everything is judged again, by today's policies.")
        .needs(Permission::ApprovalDecide)
        .takes::<Approve>()
        .gives::<Decided>()
        .handled_by(post(approve)),
        Operation::new(
            "approval_reject",
            Method::Post,
            "/api/v1/approvals/{approval}/reject",
        )
        .says("Says no.")
        .needs(Permission::ApprovalDecide)
        .takes::<Reject>()
        .gives::<Decided>()
        .handled_by(post(reject)),
    ]
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    waiting_only: bool,
    cursor: Option<String>,
    limit: Option<u32>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Approve {
    /// The one-time code, where one is required.
    #[schemars(with = "Option<String>")]
    code: Option<Code>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reject {
    /// For the audit log.
    reason: Option<String>,
}

/// A code on its way in; it has no way out.
struct Code(SecretString);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(SecretString::from(text)))
    }
}

/// What became of it.
#[derive(Serialize, JsonSchema)]
struct Decided {
    approval: ApprovalView,
    payment: PaymentView,
}

type Called = Extension<Caller>;

async fn list(
    State(api): State<Api>,
    Extension(caller): Called,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Listed<ApprovalView>>, Problem> {
    let page = ListQuery {
        cursor: filter.cursor,
        limit: filter.limit,
    };
    let query = ApprovalQuery {
        waiting_only: filter.waiting_only,
        page,
    };
    Ok(Json(api.app.person_approvals(&caller, &query).await?))
}

async fn fetch(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(id): Named<ApprovalId>,
) -> Result<Json<ApprovalView>, Problem> {
    Ok(Json(api.app.person_approval(&caller, id).await?))
}

async fn approve(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(id): Named<ApprovalId>,
    Body(body): Body<Approve>,
) -> Result<Json<Decided>, Problem> {
    let code = body.code.map(|code| code.0);
    decide(&api, &caller, id, ApprovalAnswer::Approve { code }).await
}

async fn reject(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(id): Named<ApprovalId>,
    Body(body): Body<Reject>,
) -> Result<Json<Decided>, Problem> {
    let reason = body.reason;
    decide(&api, &caller, id, ApprovalAnswer::Reject { reason }).await
}

async fn decide(
    api: &Api,
    caller: &Caller,
    approval: ApprovalId,
    answer: ApprovalAnswer,
) -> Result<Json<Decided>, Problem> {
    let payment = api
        .app
        .approval_decide(caller, &DecideApproval { approval, answer })
        .await?;
    let approval = api.app.person_approval(caller, approval).await?;
    Ok(Json(Decided { approval, payment }))
}
