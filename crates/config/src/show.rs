//! The configuration as a list of paths, values and origins. Secrets are shown by scheme and host.

use serde::Serialize;
use serde_json::Value;

use crate::Loaded;

/// One value, as people may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Such as `chains.eip155:1.rpc`.
    pub path: String,
    pub value: Value,
    pub origin: String,
}

impl<C: Serialize> Loaded<C> {
    /// Every value, by path. Chains that are neither enabled nor written about are left out unless
    /// `all` is asked for.
    pub fn show(&self, all: bool) -> Vec<Shown> {
        let Ok(Value::Object(config)) = serde_json::to_value(&self.config) else {
            return Vec::new();
        };
        let mut shown = Vec::new();
        for (section, value) in config {
            match value {
                Value::Object(fields) if section == "chains" => {
                    for (id, chain) in fields {
                        let path = format!("chains.{id}");
                        let prefix = format!("{path}.");
                        let named = self.origins.keys().any(|key| key.starts_with(&prefix));
                        if all || named {
                            self.fields(&path, chain, &mut shown);
                        }
                    }
                }
                Value::Object(_) => self.fields(&section, value, &mut shown),
                _ => shown.push(self.one(section, value)),
            }
        }
        shown
    }

    fn fields(&self, section: &str, value: Value, shown: &mut Vec<Shown>) {
        let Value::Object(fields) = value else { return };
        for (key, value) in fields {
            shown.push(self.one(format!("{section}.{key}"), value));
        }
    }

    fn one(&self, path: String, value: Value) -> Shown {
        let origin = self.origin(&path).to_string();
        Shown {
            path,
            value,
            origin,
        }
    }
}
