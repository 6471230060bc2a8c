//! Keys that are brought along.

use std::str::FromStr;

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_app::{ImportKey, ImportKeys, KeyTaskView, MAX_IMPORT_KEYS, MAX_SEALED};
use vaultpilot_core::{Permission, parse_address};
use vaultpilot_ports::Fault;
use vaultpilot_ports::keys::SealedKey;
use vaultpilot_ports::store::ImportPolicy;

use super::Called;
use crate::operation::{Method, Operation, Route};
use crate::rest::input::Body;
use crate::{Api, Problem};

/// As many keys of the largest size as one import may have, and the JSON around them.
const MAX_BODY: usize = MAX_IMPORT_KEYS * (MAX_SEALED + 2048);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Operation::new("custody_import", Method::Post, "/api/v1/custody/imports")
            .says(
                "Imports keys that were sealed to the tenant's import recipient: all of them become \
                 wallets, or none.",
            )
            .needs(Permission::CustodyWrite)
            .takes::<Import>()
            .gives::<KeyTaskView>()
            .handled_by(post(import).layer(DefaultBodyLimit::max(MAX_BODY))),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Import {
    /// 1 to 500.
    keys: Vec<Key>,
    #[serde(default)]
    policy: Policy,
    /// The version of the key-encryption key whose recipient they are sealed to, as the status
    /// tells it; the one in force if absent.
    kek: Option<u32>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Key {
    label: String,
    /// CAIP-2; every configured chain if empty.
    #[serde(default)]
    chains: Vec<String>,
    /// What the key must be the key of.
    address: Option<String>,
    /// An armoured age file, sealed to the import recipient: the key as 64 hexadecimal digits. At
    /// most 8 KiB.
    sealed: String,
    /// Whether the wallet waits for a person before it signs.
    #[serde(default)]
    frozen: bool,
}

/// What the wallets may do at first.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Policy {
    /// Nothing: each gets a policy `import-<label>` that denies every tool.
    #[default]
    DenyAll,
    /// What the policies in force say.
    Keep,
}

async fn import(
    State(api): State<Api>,
    Extension(caller): Called,
    Body(body): Body<Import>,
) -> Result<Json<KeyTaskView>, Problem> {
    let keys = body.keys.into_iter().enumerate();
    let request = ImportKeys {
        keys: keys
            .map(|(index, key)| read(index, key))
            .collect::<Result<_, _>>()?,
        policy: match body.policy {
            Policy::DenyAll => ImportPolicy::DenyAll,
            Policy::Keep => ImportPolicy::Keep,
        },
        kek: body.kek,
    };
    Ok(Json(api.app.custody_import(&caller, &request).await?))
}

fn read(index: usize, key: Key) -> Result<ImportKey, Problem> {
    let field = |name: &str| format!("keys[{index}].{name}");
    let label = field("label");
    let label = parsed("label_malformed", &label, &key.label)?;
    let on = field("chains");
    let chains = key.chains.iter();
    let chains = chains.map(|text| parsed("chain_malformed", &on, text));
    let address = key.address.as_deref().map(parse_address).transpose();
    let address = address
        .map_err(|error| Fault::invalid(error.code(), &field("address"), error.to_string()))?;
    Ok(ImportKey {
        label,
        chains: chains.collect::<Result<_, _>>()?,
        address,
        sealed: SealedKey(key.sealed),
        frozen: key.frozen,
    })
}

fn parsed<T>(code: &str, field: &str, text: &str) -> Result<T, Fault>
where
    T: FromStr<Err: std::fmt::Display>,
{
    text.parse()
        .map_err(|error: T::Err| Fault::invalid(code, field, error.to_string()))
}
