//! What the house looks like, and what a newcomer does next.

use axum::extract::State;
use axum::routing::get;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::Serialize;
use vaultpilot_app::{ChainStatus, Counts};
use vaultpilot_core::{Caller, Permission};

use crate::operation::{Method, Operation, Route};
use crate::{Api, Problem};

#[derive(Serialize, JsonSchema)]
struct Status {
    version: &'static str,
    edition: &'static str,
    tenant: String,
    data_dir: String,
    api_url: String,
    mcp_url: String,
    metrics_url: String,
    started_at: String,
    uptime_s: u64,
    chains: Vec<ChainStatus>,
    #[serde(flatten)]
    counts: Counts,
    checklist: Vec<Milestone>,
}

/// A step of the first five minutes.
#[derive(Serialize, JsonSchema)]
struct Milestone {
    step: &'static str,
    done: bool,
    /// The command that does it.
    hint: &'static str,
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("status", Method::Get, "/api/v1/status")
            .says("What the house looks like, and what a newcomer does next.")
            .needs(Permission::Read)
            .gives::<Status>()
            .handled_by(get(status)),
    ]
}

async fn status(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Status>, Problem> {
    let (chains, counts) = tokio::join!(api.app.chain_status(), api.app.counts(&caller));
    let counts = counts?;
    let house = &api.house;
    let uptime = api.clock.now().duration_since(house.started_at).as_secs();
    Ok(Json(Status {
        version: house.version,
        edition: house.edition,
        tenant: house.tenant.to_string(),
        data_dir: house.data_dir.clone(),
        api_url: house.api_url.clone(),
        mcp_url: house.mcp_url.clone(),
        metrics_url: house.metrics_url.clone(),
        started_at: house.started_at.to_string(),
        uptime_s: u64::try_from(uptime).unwrap_or_default(),
        checklist: checklist(&counts),
        chains,
        counts,
    }))
}

fn checklist(counts: &Counts) -> Vec<Milestone> {
    let step = |step, done, hint| Milestone { step, done, hint };
    vec![
        step(
            "wallet created",
            counts.wallets > 0,
            "vaultpilot wallet create treasury",
        ),
        step(
            "policy applied",
            counts.policies > 0,
            "vaultpilot policy apply -f policy.yaml",
        ),
        step("agent connected", counts.agent_called, "vaultpilot connect"),
        step(
            "first payment final",
            counts.first_payment_final,
            "vaultpilot demo",
        ),
    ]
}
