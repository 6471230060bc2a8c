//! Wallets.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{BaseUnits, Caller, Permission};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{
    BudgetQuery, BudgetView, CreateWallet, FaucetRequest, FaucetView, ListQuery, Listed, WalletRef,
    WalletView,
};

use super::input::{Asked, Body, Named, chain, parse, token};
use crate::operation::{Method, Operation, Route};
use crate::{Api, Problem};

const PAGE: &[(&str, &str)] = &[
    ("cursor", "next_cursor of the page before"),
    ("limit", "1 to 200, 50 if absent"),
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("wallet_list", Method::Get, "/api/v1/wallets")
            .says("All wallets, by label.")
            .needs(Permission::Read)
            .query(PAGE)
            .gives::<Listed<WalletView>>()
            .handled_by(get(list)),
        Operation::new("wallet_create", Method::Post, "/api/v1/wallets")
            .says("The wallet of this label, made if there is none.")
            .needs(Permission::WalletCreate)
            .takes::<Create>()
            .gives::<WalletView>()
            .handled_by(post(create)),
        Operation::new("wallet_get", Method::Get, "/api/v1/wallets/{wallet}")
            .says("A wallet by label or id.")
            .needs(Permission::Read)
            .gives::<WalletView>()
            .handled_by(get(fetch)),
        Operation::new(
            "wallet_balances",
            Method::Get,
            "/api/v1/wallets/{wallet}/balances",
        )
        .says("Native balances, read from the chains now.")
        .needs(Permission::Read)
        .query(&[("chain", "CAIP-2; every chain of the wallet if absent")])
        .gives::<Balances>()
        .handled_by(get(balances)),
        Operation::new(
            "wallet_budget",
            Method::Get,
            "/api/v1/wallets/{wallet}/budget",
        )
        .says("Every limit that binds the wallet and what is left of it.")
        .needs(Permission::Read)
        .query(&[
            ("chain", "CAIP-2"),
            ("asset", "native or a token's address"),
        ])
        .gives::<BudgetView>()
        .handled_by(get(budget)),
        Operation::new(
            "wallet_freeze",
            Method::Post,
            "/api/v1/wallets/{wallet}/freeze",
        )
        .says("Stops every signature at once.")
        .needs(Permission::WalletFreeze)
        .takes::<Freeze>()
        .gives::<WalletView>()
        .handled_by(post(freeze)),
        Operation::new("wallet_thaw", Method::Post, "/api/v1/wallets/{wallet}/thaw")
            .says("Lets a frozen or halted wallet sign again.")
            .needs(Permission::WalletThaw)
            .gives::<WalletView>()
            .handled_by(post(thaw)),
        Operation::new(
            "wallet_faucet",
            Method::Post,
            "/api/v1/wallets/{wallet}/faucet",
        )
        .says("Test coins, on networks that have a faucet.")
        .needs(Permission::WalletCreate)
        .takes::<Fund>()
        .gives::<FaucetView>()
        .handled_by(post(faucet)),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Create {
    label: String,
    /// CAIP-2; every configured chain if empty.
    #[serde(default)]
    chains: Vec<String>,
    /// A key that lives elsewhere and stays there, by the name it has there; one is made if absent.
    external_key_id: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Freeze {
    reason: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Fund {
    /// CAIP-2
    chain: String,
    /// In coins; 1 if absent.
    amount: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Balances {
    wallet: String,
    balances: Vec<Balance>,
}

#[derive(Serialize, JsonSchema)]
struct Balance {
    chain: String,
    asset: String,
    symbol: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_raw: Option<String>,
    /// Why it cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Deserialize)]
struct Filter {
    chain: Option<String>,
    asset: Option<String>,
}

type Called = Extension<Caller>;

async fn list(
    State(api): State<Api>,
    Extension(caller): Called,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<Listed<WalletView>>, Problem> {
    Ok(Json(api.app.person_wallets(&caller, &query).await?))
}

async fn create(
    State(api): State<Api>,
    Extension(caller): Called,
    Body(body): Body<Create>,
) -> Result<Json<WalletView>, Problem> {
    let label = parse("label", &body.label)?;
    let chains = body
        .chains
        .iter()
        .map(|text| chain(text))
        .collect::<Result<_, _>>()?;
    let request = CreateWallet { label, chains };
    let app = &api.app;
    Ok(Json(match body.external_key_id {
        Some(id) => app.person_wallet_adopt(&caller, &request, &id).await?,
        None => app.person_wallet_create(&caller, &request).await?,
    }))
}

async fn fetch(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(wallet): Named<WalletRef>,
) -> Result<Json<WalletView>, Problem> {
    Ok(Json(api.app.person_wallet(&caller, &wallet).await?))
}

async fn balances(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(wallet): Named<WalletRef>,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Balances>, Problem> {
    let only = filter.chain.as_deref().map(chain).transpose()?;
    let (view, coins) = api.app.person_balances(&caller, &wallet, only).await?;
    let balances = coins.into_iter().map(|coin| Balance {
        chain: coin.chain.to_string(),
        asset: "native".to_owned(),
        symbol: coin.symbol,
        amount: coin.amount.as_ref().ok().map(|amount| amount.format(18)),
        amount_raw: coin.amount.as_ref().ok().map(ToString::to_string),
        error: coin.amount.err().map(|error| error.to_string()),
    });
    Ok(Json(Balances {
        wallet: view.label,
        balances: balances.collect(),
    }))
}

async fn budget(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(wallet): Named<WalletRef>,
    Asked(filter): Asked<Filter>,
) -> Result<Json<BudgetView>, Problem> {
    let chain = filter.chain.as_deref().map(chain).transpose()?;
    let token = filter.asset.as_deref().map(token).transpose()?;
    Ok(Json(
        api.app
            .person_budget(
                &caller,
                &BudgetQuery {
                    wallet,
                    chain,
                    token,
                },
            )
            .await?,
    ))
}

async fn freeze(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(wallet): Named<WalletRef>,
    Body(body): Body<Freeze>,
) -> Result<Json<WalletView>, Problem> {
    Ok(Json(
        api.app
            .person_wallet_freeze(&caller, &wallet, &body.reason)
            .await?,
    ))
}

async fn thaw(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(wallet): Named<WalletRef>,
) -> Result<Json<WalletView>, Problem> {
    Ok(Json(api.app.person_wallet_thaw(&caller, &wallet).await?))
}

async fn faucet(
    State(api): State<Api>,
    Extension(caller): Called,
    Named(wallet): Named<WalletRef>,
    Body(body): Body<Fund>,
) -> Result<Json<FaucetView>, Problem> {
    let chain = chain(&body.chain)?;
    let amount = body
        .amount
        .as_deref()
        .map(|text| BaseUnits::parse(text, 18))
        .transpose();
    let amount = amount.map_err(|error| {
        Problem::from(Fault::invalid(error.code(), "amount", error.to_string()))
    })?;
    Ok(Json(
        api.app
            .person_faucet(
                &caller,
                &FaucetRequest {
                    wallet,
                    chain,
                    amount,
                },
            )
            .await?,
    ))
}
