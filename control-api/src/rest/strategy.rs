//! Strategies: recurring transfers of native coin or a token, put down by people.

use std::time::Duration;

use axum::extract::State;
use axum::routing::{get, post, put};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_app::ApplyStrategy;
use vaultpilot_core::{Caller, Label, Permission, Timestamp};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{ListQuery, Listed};
use vaultpilot_ports::strategy_plane::StrategyView;
use vaultpilot_strategy::{
    ApprovalRule, Body as Transfer, FailurePolicy, Gates, Limits, Payment, Schedule, Spec, When,
};

use super::input::{Asked, Body, Named, address, chain, parse, token};
use crate::operation::{Method, Operation, Route};
use crate::{Api, Problem};

const PAGE: &[(&str, &str)] = &[
    ("cursor", "next_cursor of the page before"),
    ("limit", "1 to 200, 50 if absent"),
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("strategy_list", Method::Get, "/api/v1/strategies")
            .says("All strategies.")
            .needs(Permission::Read)
            .query(PAGE)
            .gives::<Listed<Standing>>()
            .handled_by(get(list)),
        Operation::new("strategy_apply", Method::Put, "/api/v1/strategies")
            .says("Makes or edits a recurring transfer, by its name.")
            .needs(Permission::PolicyWrite)
            .takes::<Recurring>()
            .gives::<Standing>()
            .handled_by(put(apply)),
        Operation::new("strategy_get", Method::Get, "/api/v1/strategies/{name}")
            .says("A strategy, and how far it has come.")
            .needs(Permission::Read)
            .gives::<Standing>()
            .handled_by(get(fetch)),
        Operation::new(
            "strategy_suspend",
            Method::Post,
            "/api/v1/strategies/{name}/suspend",
        )
        .says("Lets a strategy rest until somebody resumes it.")
        .needs(Permission::WalletFreeze)
        .takes::<Suspend>()
        .gives::<Standing>()
        .handled_by(post(suspend)),
        Operation::new(
            "strategy_resume",
            Method::Post,
            "/api/v1/strategies/{name}/resume",
        )
        .says("Lets a suspended strategy run again, from its next tick on.")
        .needs(Permission::PolicyWrite)
        .gives::<Standing>()
        .handled_by(post(resume)),
    ]
}

/// The same payment again and again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Recurring {
    name: String,
    /// Label or id.
    wallet: String,
    /// CAIP-2
    chain: String,
    to: String,
    /// `native` or a token's address.
    asset: String,
    /// In token units.
    amount: String,
    every_s: u64,
    /// RFC 3339: what the interval is counted from; no run is before it.
    start_at: Option<String>,
    /// In token units, on one day of UTC.
    max_per_day: Option<String>,
    /// A run waits while the base fee is above it.
    max_base_fee_gwei: Option<String>,
    memo: Option<String>,
    /// Why it is to rest, if it is.
    suspended: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Suspend {
    reason: String,
}

/// A strategy and how far it has come.
#[derive(Serialize, JsonSchema)]
struct Standing {
    /// `str_…`
    id: String,
    name: String,
    /// `recurring_transfer` or `scheduled_send`
    kind: String,
    /// Wallet label.
    wallet: String,
    chain: String,
    to: String,
    asset: String,
    amount: String,
    /// Of what is counted in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    every_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_per_day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_base_fee_gwei: Option<String>,
    /// `active`, `suspended`, `finished`, `detaching` or `detached`
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// RFC 3339
    #[serde(skip_serializing_if = "Option::is_none")]
    next_run_at: Option<String>,
    succeeded: u64,
    denied: u64,
    failed: u64,
    /// In token units.
    spent_total: String,
    created_at: String,
}

impl From<StrategyView> for Standing {
    fn from(view: StrategyView) -> Self {
        let payment = view.spec.payment();
        let every_s = match &view.spec.schedule.when {
            When::Interval(every) => Some(every.as_secs()),
            When::Cron(_) | When::At(_) => None,
        };
        Self {
            chain: payment.chain.to_string(),
            to: payment.to.to_checksum(None),
            asset: payment.token.to_string(),
            amount: payment.amount.clone(),
            every_s,
            max_per_day: view.spec.limits.max_per_day.clone(),
            max_base_fee_gwei: view.spec.gates.max_base_fee_gwei.clone(),
            id: view.id,
            name: view.name,
            kind: view.kind,
            wallet: view.wallet,
            state: view.state,
            code: view.code,
            reason: view.reason,
            next_run_at: view.next_run_at,
            succeeded: view.succeeded,
            denied: view.denied,
            failed: view.failed,
            spent_total: view.spent_total,
            created_at: view.created_at,
        }
    }
}

type Called = Extension<Caller>;

async fn list(
    State(api): State<Api>,
    Extension(caller): Called,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<Listed<Standing>>, Problem> {
    let Listed { items, next_cursor } = api.app.person_strategies(&caller, &query).await?;
    let items = items.into_iter().map(Standing::from).collect();
    Ok(Json(Listed { items, next_cursor }))
}

async fn apply(
    State(api): State<Api>,
    Extension(caller): Called,
    Body(body): Body<Recurring>,
) -> Result<Json<Standing>, Problem> {
    let request = wished(body)?;
    let view = api.app.person_strategy_apply(&caller, &request).await?;
    Ok(Json(view.into()))
}

async fn fetch(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(name): Named<Label>,
) -> Result<Json<Standing>, Problem> {
    Ok(Json(api.app.person_strategy(&caller, &name).await?.into()))
}

async fn suspend(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(name): Named<Label>,
    Body(body): Body<Suspend>,
) -> Result<Json<Standing>, Problem> {
    let view = api
        .app
        .person_strategy_suspend(&caller, &name, &body.reason)
        .await?;
    Ok(Json(view.into()))
}

async fn resume(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(name): Named<Label>,
) -> Result<Json<Standing>, Problem> {
    let view = api.app.person_strategy_resume(&caller, &name).await?;
    Ok(Json(view.into()))
}

fn wished(body: Recurring) -> Result<ApplyStrategy, Problem> {
    let start_at = body.start_at.as_deref().map(instant).transpose()?;
    let every = Duration::from_secs(body.every_s);
    let spec = Spec {
        body: Transfer::RecurringTransfer(Payment {
            chain: chain(&body.chain)?,
            to: address(&body.to)?,
            token: token(&body.asset)?,
            amount: body.amount,
            memo: body.memo,
        }),
        schedule: Schedule {
            start_at,
            ..Schedule::new(When::Interval(every))
        },
        limits: Limits {
            max_per_day: body.max_per_day,
            ..Limits::default()
        },
        gates: Gates {
            max_base_fee_gwei: body.max_base_fee_gwei,
            ..Gates::default()
        },
        approval: ApprovalRule::default(),
        failure: FailurePolicy::default(),
        dry_run: false,
        run_history_limit: Spec::DEFAULT_HISTORY,
    };
    Ok(ApplyStrategy {
        name: parse("name", &body.name)?,
        wallet: parse("wallet", &body.wallet)?,
        spec,
        suspended: body.suspended,
    })
}

fn instant(text: &str) -> Result<Timestamp, Problem> {
    text.parse().map_err(|_| {
        let message = "start_at is not a time such as 2026-11-29T07:45:00Z";
        Fault::invalid("time_malformed", "start_at", message.to_owned()).into()
    })
}
