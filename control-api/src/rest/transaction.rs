//! Payments on record.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Extension, Json};
use serde::Deserialize;
use vaultpilot_core::{Caller, Permission};
use vaultpilot_ports::control_plane::{
    ListQuery, Listed, PaymentView, TransactionQuery, TransactionRef, TransactionView,
};

use super::input::{Asked, Named, parse};
use crate::operation::{Method, Operation, Route};
use crate::{Api, Problem};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("transaction_list", Method::Get, "/api/v1/transactions")
            .says("Payments, newest first.")
            .needs(Permission::Read)
            .query(&[
                ("wallet", "label or id"),
                ("state", "authorized, broadcast, final, denied, …"),
                ("cursor", "next_cursor of the page before"),
                ("limit", "1 to 200, 50 if absent"),
            ])
            .gives::<Listed<TransactionView>>()
            .handled_by(get(list)),
        Operation::new(
            "transaction_get",
            Method::Get,
            "/api/v1/transactions/{transaction}",
        )
        .says("A payment by id or transaction hash.")
        .needs(Permission::Read)
        .gives::<TransactionView>()
        .handled_by(get(fetch)),
        Operation::new(
            "transaction_cancel",
            Method::Post,
            "/api/v1/transactions/{transaction}/cancel",
        )
        .says("Withdraws a payment nothing was signed for yet.")
        .needs(Permission::ApprovalDecide)
        .gives::<PaymentView>()
        .handled_by(post(cancel)),
    ]
}

#[derive(Deserialize)]
struct Filter {
    wallet: Option<String>,
    state: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

type Called = Extension<Caller>;

async fn list(
    State(api): State<Api>,
    Extension(caller): Called,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Listed<TransactionView>>, Problem> {
    let wallet = filter
        .wallet
        .as_deref()
        .map(|text| parse("wallet", text))
        .transpose()?;
    let page = ListQuery {
        cursor: filter.cursor,
        limit: filter.limit,
    };
    let query = TransactionQuery {
        wallet,
        state: filter.state,
        page,
    };
    Ok(Json(api.app.person_transactions(&caller, &query).await?))
}

async fn fetch(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(transaction): Named<TransactionRef>,
) -> Result<Json<TransactionView>, Problem> {
    Ok(Json(
        api.app.person_transaction(&caller, &transaction).await?,
    ))
}

async fn cancel(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(transaction): Named<TransactionRef>,
) -> Result<Json<PaymentView>, Problem> {
    Ok(Json(api.app.person_cancel(&caller, &transaction).await?))
}
