//! The Secrets of the control plane: made where they are missing, never overwritten.

mod authority;
mod certificate;
mod plan;

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt as _};
use serde_json::json;
use vaultpilot_core::{Clock, Entropy};
use vaultpilot_crds::name::{MANAGED_BY, MANAGED_BY_LABEL};

use crate::error::is_conflict;
use crate::mark::FIELD_MANAGER;
use plan::{Material, Wanted};

pub use certificate::CertificateError;
pub use plan::{Part, Plan};

/// Until when a certificate is good. Certificates without it are not the operator's to renew.
const NOT_AFTER: &str = "vaultpilot.io/not-after";

#[derive(Debug, Clone)]
pub struct Options {
    pub namespace: String,
    pub prefix: String,
    /// The Service that tenants and the operator call.
    pub control_api_service: String,
    pub cluster_domain: String,
    /// More names for its certificate.
    pub names: Vec<String>,
    /// The name in the operator's certificate.
    pub operator: String,
    /// What somebody else sees to.
    pub skip: Vec<Part>,
}

#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    #[error("Secret {secret} cannot be read or written")]
    Cluster {
        secret: String,
        #[source]
        source: Box<kube::Error>,
    },
    #[error(
        "Secret {secret} is there and has no key {key}; nothing was written. Add the key, or delete the Secret if nothing was ever made with it"
    )]
    Incomplete { secret: String, key: &'static str },
    #[error("Secret {secret} was made by somebody else at the same moment; run this again")]
    Meanwhile { secret: String },
    #[error("Secret {secret} holds no authority that can sign")]
    Certificate {
        secret: String,
        #[source]
        source: CertificateError,
    },
}

/// What became of a Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Kept,
    Made,
    Renewed,
}

/// Makes what is missing.
///
/// # Errors
/// When a Secret lacks a key, before anything is written; or when the cluster does not do what is
/// asked.
pub async fn run(
    client: Client,
    options: &Options,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Vec<(String, Outcome)>, BootstrapError> {
    let api: Api<Secret> = Api::namespaced(client, &options.namespace);
    let plan = Plan::of(options);
    let mut known = BTreeMap::new();
    for wanted in plan.secrets() {
        if let Some(found) = get(&api, &wanted.name).await? {
            complete(wanted, &found)?;
            known.insert(wanted.name.clone(), found);
        }
    }
    let mut outcomes = Vec::new();
    for wanted in plan.secrets() {
        let outcome = match known.get(&wanted.name) {
            None => {
                let data = material(wanted, &known, clock, entropy)?;
                let made = create(&api, wanted, data).await?;
                known.insert(wanted.name.clone(), made);
                Outcome::Made
            }
            Some(found) if is_due(found, clock) => {
                let data = material(wanted, &known, clock, entropy)?;
                renew(&api, found, data).await?;
                Outcome::Renewed
            }
            Some(_) => Outcome::Kept,
        };
        outcomes.push((wanted.name.clone(), outcome));
    }
    Ok(outcomes)
}

/// A Secret's data, and until when it is good, if it is a certificate.
struct Data {
    data: BTreeMap<String, ByteString>,
    not_after: Option<String>,
}

fn complete(wanted: &Wanted, found: &Secret) -> Result<(), BootstrapError> {
    let has = |key: &str| {
        found
            .data
            .as_ref()
            .is_some_and(|data| data.contains_key(key))
    };
    match wanted.material.keys().iter().find(|key| !has(key)) {
        None => Ok(()),
        Some(key) => Err(BootstrapError::Incomplete {
            secret: wanted.name.clone(),
            key,
        }),
    }
}

fn material(
    wanted: &Wanted,
    known: &BTreeMap<String, Secret>,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Data, BootstrapError> {
    let failed = |secret: &str| {
        let secret = secret.to_owned();
        move |source| BootstrapError::Certificate { secret, source }
    };
    let text = |secret: &str, key: &str| -> String {
        let data = known.get(secret).and_then(|secret| secret.data.as_ref());
        let bytes = data.and_then(|data| data.get(key));
        bytes
            .map(|bytes| String::from_utf8_lossy(&bytes.0).into_owned())
            .unwrap_or_default()
    };
    match &wanted.material {
        Material::Random(keys) => Ok(Data {
            data: keys
                .iter()
                .map(|(key, kind)| ((*key).to_owned(), ByteString(kind.make(entropy))))
                .collect(),
            not_after: None,
        }),
        Material::Authority { name } => {
            let made = authority::make(name, clock.now()).map_err(failed(&wanted.name))?;
            Ok(Data {
                data: pairs([("ca.crt", made.certificate), ("ca.key", made.key)]),
                not_after: None,
            })
        }
        Material::Certificate {
            signer,
            trusted,
            leaf,
            client_authority,
        } => {
            let authority = authority::Authority {
                certificate: text(signer, "ca.crt"),
                key: text(signer, "ca.key"),
            };
            let made = certificate::issue(leaf, &authority, clock.now()).map_err(failed(signer))?;
            let mut data = pairs([
                ("tls.crt", made.certificate),
                ("tls.key", made.key),
                ("ca.crt", text(trusted, "ca.crt")),
            ]);
            if let Some(clients) = client_authority {
                data.extend(pairs([("client-ca.crt", text(clients, "ca.crt"))]));
            }
            Ok(Data {
                data,
                not_after: Some(made.not_after),
            })
        }
    }
}

fn pairs<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, ByteString> {
    pairs
        .into_iter()
        .map(|(key, text)| (key.to_owned(), ByteString(text.into_bytes())))
        .collect()
}

/// Whether less than a third of its life is left.
fn is_due(secret: &Secret, clock: &dyn Clock) -> bool {
    secret
        .annotations()
        .get(NOT_AFTER)
        .is_some_and(|not_after| certificate::is_due(not_after, clock.now()))
}

async fn get(api: &Api<Secret>, name: &str) -> Result<Option<Secret>, BootstrapError> {
    api.get_opt(name)
        .await
        .map_err(|source| BootstrapError::Cluster {
            secret: name.to_owned(),
            source: Box::new(source),
        })
}

async fn create(api: &Api<Secret>, wanted: &Wanted, data: Data) -> Result<Secret, BootstrapError> {
    let name = &wanted.name;
    let secret = Secret {
        metadata: ObjectMeta {
            name: Some(name.clone()),
            labels: Some(BTreeMap::from([
                (MANAGED_BY_LABEL.to_owned(), MANAGED_BY.to_owned()),
                (
                    "app.kubernetes.io/component".to_owned(),
                    "bootstrap".to_owned(),
                ),
                (
                    "app.kubernetes.io/part-of".to_owned(),
                    "vaultpilot".to_owned(),
                ),
            ])),
            annotations: data
                .not_after
                .map(|until| BTreeMap::from([(NOT_AFTER.to_owned(), until)])),
            ..ObjectMeta::default()
        },
        type_: Some(wanted.material.secret_type().to_owned()),
        data: Some(data.data),
        ..Secret::default()
    };
    let params = PostParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PostParams::default()
    };
    match api.create(&params, &secret).await {
        Ok(made) => Ok(made),
        Err(error) if is_conflict(&error) => Err(BootstrapError::Meanwhile {
            secret: name.clone(),
        }),
        Err(source) => Err(BootstrapError::Cluster {
            secret: name.clone(),
            source: Box::new(source),
        }),
    }
}

/// Only certificates, and only those the operator made.
async fn renew(api: &Api<Secret>, found: &Secret, data: Data) -> Result<(), BootstrapError> {
    let name = found.name_any();
    let patch = json!({
        "metadata": {
            "resourceVersion": found.metadata.resource_version,
            "annotations": { NOT_AFTER: data.not_after },
        },
        "data": data.data,
    });
    let params = PatchParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let written = api.patch(&name, &params, &Patch::Merge(&patch)).await;
    written
        .map(|_| ())
        .map_err(|source| BootstrapError::Cluster {
            secret: name,
            source: Box::new(source),
        })
}
