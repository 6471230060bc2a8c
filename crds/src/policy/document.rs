//! The custom resource as the policy document that is judged by.

use serde_json::{Value, json};

use super::Policy;
use crate::name::{GROUP, VERSION};

impl Policy {
    /// The policy document: what a person would have written to a file, without what the cluster
    /// added.
    ///
    /// # Errors
    /// When the spec has no form in JSON.
    pub fn document(&self) -> Result<Value, serde_json::Error> {
        Ok(json!({
            "apiVersion": format!("{GROUP}/{VERSION}"),
            "kind": "Policy",
            "metadata": { "name": self.metadata.name },
            "spec": serde_json::to_value(&self.spec)?,
        }))
    }
}
