//! Policies.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::routing::{get, post, put};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_app::{Applied, ApplyPolicy, PolicyTest};
use vaultpilot_core::{Caller, Label, Permission};
use vaultpilot_policy::{Decision, Document};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::TransferRequest;

use super::input::{Asked, Body, Named, address, bytes, chain, parse, token};
use crate::operation::{Method, Operation, Route};
use crate::{Api, Problem};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("policy_list", Method::Get, "/api/v1/policies")
            .says("All policies in force, and the version of their set.")
            .needs(Permission::Read)
            .gives::<Policies>()
            .handled_by(get(list)),
        Operation::new("policy_apply", Method::Put, "/api/v1/policies")
            .says("Applies a policy document, JSON or YAML, by its name.")
            .needs(Permission::PolicyWrite)
            .query(&[("dry_run", "true: say what would happen, change nothing")])
            .takes::<Document>()
            .gives::<Applied>()
            .handled_by(put(apply)),
        Operation::new("policy_get", Method::Get, "/api/v1/policies/{name}")
            .says("A policy as it is in force.")
            .needs(Permission::Read)
            .gives::<Applied>()
            .handled_by(get(fetch)),
        Operation::new("policy_delete", Method::Delete, "/api/v1/policies/{name}")
            .says("Removes a policy. What only it allowed is denied from then on.")
            .needs(Permission::PolicyWrite)
            .handled_by(axum::routing::delete(delete)),
        Operation::new("policy_test", Method::Post, "/api/v1/policies/test")
            .says("What today's policies, or a draft in their place, say to a payment.")
            .needs(Permission::Read)
            .takes::<Test>()
            .gives::<Tested>()
            .handled_by(post(test)),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Policies {
    items: Vec<Applied>,
    policy_version: String,
}

#[derive(Deserialize)]
struct Apply {
    #[serde(default)]
    dry_run: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Test {
    /// Stands in the place of the policy of its name.
    draft: Option<Document>,
    request: Payment,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Payment {
    wallet: String,
    chain: String,
    to: String,
    asset: String,
    amount: String,
    /// The agent to be judged; `agent` if absent.
    agent: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Tested {
    decision: Decision,
}

type Called = Extension<Caller>;

async fn list(
    State(api): State<Api>,
    Extension(caller): Called,
) -> Result<Json<Policies>, Problem> {
    let (items, policy_version) = api.app.policy_list(&caller).await?;
    Ok(Json(Policies {
        items,
        policy_version,
    }))
}

async fn apply(
    State(api): State<Api>,
    Extension(caller): Called,
    Asked(query): Asked<Apply>,
    request: Request,
) -> Result<Json<Applied>, Problem> {
    let is_yaml = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.contains("yaml"));
    let bytes = bytes(request, &api).await?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "body_invalid",
            "not UTF-8",
        )
    })?;
    let document = if is_yaml {
        Document::from_yaml(text)
    } else {
        Document::from_json(text)
    };
    let document = document.map_err(|error| {
        Problem::from(Fault::invalid(
            "policy_invalid",
            "policy",
            error.to_string(),
        ))
    })?;
    let request = ApplyPolicy {
        document,
        dry_run: query.dry_run,
    };
    Ok(Json(api.app.policy_apply(&caller, &request).await?))
}

async fn fetch(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(name): Named<Label>,
) -> Result<Json<Applied>, Problem> {
    let (items, _) = api.app.policy_list(&caller).await?;
    let found = items
        .into_iter()
        .find(|policy| policy.name == name.as_str());
    found
        .map(Json)
        .ok_or_else(|| Fault::not_found("policy", name).into())
}

async fn delete(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(name): Named<Label>,
) -> Result<StatusCode, Problem> {
    api.app.policy_delete(&caller, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test(
    State(api): State<Api>,
    Extension(caller): Called,
    Body(body): Body<Test>,
) -> Result<Json<Tested>, Problem> {
    let payment = body.request;
    let request = TransferRequest {
        wallet: parse("wallet", &payment.wallet)?,
        chain: chain(&payment.chain)?,
        to: address(&payment.to)?,
        token: token(&payment.asset)?,
        amount: payment.amount,
        request_id: None,
        dry_run: true,
        memo: None,
        confirm_duplicate_of: None,
    };
    let agent = payment
        .agent
        .as_deref()
        .map(|name| parse("agent", name))
        .transpose()?;
    let test = PolicyTest {
        request,
        agent,
        draft: body.draft,
    };
    Ok(Json(Tested {
        decision: api.app.policy_test(&caller, &test).await?,
    }))
}
