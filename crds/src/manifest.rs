//! What is applied to a cluster before the first Tenant: the four kinds and the admission policies.

mod structural;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Policy, Strategy, Tenant, Wallet, admission};

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("cannot write a manifest as JSON")]
    Json(#[from] serde_json::Error),
    #[error("cannot write a manifest as YAML")]
    Yaml(#[from] serde_saphyr::SerializeError),
}

/// A file of objects.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Its name without a folder.
    pub file: String,
    pub objects: Vec<Value>,
}

impl Manifest {
    /// The objects as YAML, one document each.
    ///
    /// # Errors
    /// When an object has no form in YAML.
    pub fn yaml(&self) -> Result<String, ManifestError> {
        let mut text = "# Written by `cargo xtask codegen`. Change crds/src instead.\n".to_owned();
        for object in &self.objects {
            text.push_str("---\n");
            text.push_str(&serde_saphyr::to_string(object)?);
        }
        Ok(text)
    }
}

/// The definitions of the four kinds.
///
/// # Errors
/// When one has no form in JSON.
pub fn kinds() -> Result<Vec<Value>, ManifestError> {
    let definitions: [CustomResourceDefinition; 4] =
        [Tenant::crd(), Wallet::crd(), Strategy::crd(), Policy::crd()];
    definitions
        .iter()
        .map(|definition| Ok(structural::tidied(serde_json::to_value(definition)?)))
        .collect()
}

/// Everything, in the order it is applied.
///
/// # Errors
/// When an object has no form in JSON.
pub fn all() -> Result<Vec<Manifest>, ManifestError> {
    let mut manifests = Vec::new();
    for kind in kinds()? {
        let plural = kind["spec"]["names"]["plural"].as_str().unwrap_or_default();
        manifests.push(Manifest {
            file: format!("{plural}.yaml"),
            objects: vec![kind],
        });
    }
    for admission in admission::all() {
        let name = admission.policy.metadata.name.clone().unwrap_or_default();
        let objects = vec![object(&admission.policy)?, object(&admission.binding)?];
        manifests.push(Manifest {
            file: format!("admission-{}.yaml", name.trim_start_matches("vaultpilot-")),
            objects,
        });
    }
    Ok(manifests)
}

fn object<T: Serialize>(object: &T) -> Result<Value, ManifestError> {
    Ok(match serde_json::to_value(object)? {
        Value::Object(mut fields) => {
            // An empty status is what a server adds, not what is applied.
            fields.remove("status");
            Value::Object(Map::from_iter(fields))
        }
        other => other,
    })
}
