//! One value from one source.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Flag, Form};
use crate::{Origin, builtin};

/// A value somebody set, at its place.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// Section, key; `chains`, id, key; or just `policies`.
    pub path: Vec<String>,
    pub value: Value,
    pub origin: Origin,
}

const PREFIX: &str = "VAULTPILOT_";
const RPC: &str = "VAULTPILOT_RPC_";
/// What the environment cannot say: a list of documents, and a table of chains but for endpoints.
const NOT_BY_NAME: [&str; 2] = ["chains", "policies"];

pub(super) fn from_flag(flag: &Flag) -> Setting {
    Setting {
        path: flag.path.split('.').map(str::to_owned).collect(),
        value: Value::String(flag.value.clone()),
        origin: Origin::Flag { name: flag.name },
    }
}

/// Reads what the environment sets in a configuration of this form. `given` are the settings of the
/// file: a chain it names may get its endpoints here.
pub(super) fn from_env<F: Form>(
    env: &BTreeMap<String, String>,
    given: &[Setting],
    unused: &mut Vec<String>,
) -> Vec<Setting> {
    let keys = keys::<F>();
    let chains = chain_numbers(given);
    let mut settings = Vec::new();
    for (name, text) in env.iter().filter(|(_, text)| !text.is_empty()) {
        let path = match name.strip_prefix(RPC) {
            Some(number) if chains.contains(number) => Some(vec![
                "chains".to_owned(),
                format!("eip155:{number}"),
                "rpc".to_owned(),
            ]),
            Some(_) => None,
            None => keys.get(name).cloned(),
        };
        match path {
            Some(path) => settings.push(Setting {
                path,
                value: Value::String(text.clone()),
                origin: Origin::Env { name: name.clone() },
            }),
            None if looks_like_ours::<F>(name) => unused.push(name.clone()),
            None => {}
        }
    }
    settings
}

/// `VAULTPILOT_SERVER_LISTEN` and so on, and the path each one sets.
fn keys<F: Form>() -> BTreeMap<String, Vec<String>> {
    let Ok(Value::Object(config)) = serde_json::to_value(F::default()) else {
        return BTreeMap::new();
    };
    let mut keys = BTreeMap::new();
    for section in by_name::<F>() {
        let Some(Value::Object(fields)) = config.get(section) else {
            continue;
        };
        for key in fields.keys() {
            let name = format!("{PREFIX}{section}_{key}").to_uppercase();
            keys.insert(name, vec![section.to_owned(), key.clone()]);
        }
    }
    keys
}

fn chain_numbers(given: &[Setting]) -> BTreeSet<String> {
    let written = given.iter().filter(|setting| setting.path[0] == "chains");
    let written = written.filter_map(|setting| setting.path.get(1).cloned());
    let known = builtin().into_keys().map(|id| id.to_string());
    let number = |id: String| id.strip_prefix("eip155:").map(str::to_owned);
    known.chain(written).filter_map(number).collect()
}

fn by_name<F: Form>() -> impl Iterator<Item = &'static str> {
    let sections = F::SECTIONS.iter().copied();
    sections.filter(|section| !NOT_BY_NAME.contains(section))
}

fn looks_like_ours<F: Form>(name: &str) -> bool {
    name.starts_with(RPC)
        || by_name::<F>().any(|section| {
            let rest = name.strip_prefix(PREFIX);
            rest.is_some_and(|rest| rest.starts_with(&format!("{}_", section.to_uppercase())))
        })
}
