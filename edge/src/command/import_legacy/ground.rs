//! What is here already: nothing of it is overwritten.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vaultpilot_core::{Address, ChainId};
use vaultpilot_ports::control_plane::WalletView;

use crate::failure::Failure;
use crate::rest::{Rest, view};

/// More than a tenant has.
const ALL: usize = 100_000;

pub(super) struct Ground {
    pub chains: BTreeSet<ChainId>,
    /// By label.
    pub wallets: BTreeMap<String, WalletView>,
    /// By name.
    pub strategies: BTreeMap<String, Value>,
    /// By name, their documents.
    pub policies: BTreeMap<String, Value>,
}

impl Ground {
    pub(super) async fn survey(rest: &Rest) -> Result<Self, Failure> {
        let status = rest.get("status").await?;
        let chains = items(&status, "chains")
            .filter_map(|chain| chain.get("id")?.as_str()?.parse().ok())
            .collect();
        let mut wallets = BTreeMap::new();
        for item in rest.list("wallets", ALL).await? {
            let wallet: WalletView = view(&item)?;
            wallets.insert(wallet.label.clone(), wallet);
        }
        let mut strategies = BTreeMap::new();
        for item in rest.list("strategies", ALL).await? {
            strategies.insert(text(&item, "name"), item);
        }
        let listed = rest.get("policies").await?;
        let policies = items(&listed, "items")
            .map(|item| {
                let document = item.get("document").cloned().unwrap_or_default();
                (text(item, "name"), document)
            })
            .collect();
        Ok(Self {
            chains,
            wallets,
            strategies,
            policies,
        })
    }

    /// The label of the wallet that has this address.
    pub(super) fn label_of(&self, address: Address) -> Option<&str> {
        let mut wallets = self.wallets.values();
        let found = wallets.find(|wallet| wallet.address.parse() == Ok(address));
        found.map(|wallet| wallet.label.as_str())
    }
}

fn items<'a>(answer: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    answer
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text(item: &Value, name: &str) -> String {
    item.get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
