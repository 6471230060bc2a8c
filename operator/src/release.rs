//! Finalizers without an operator: who waits for one, and letting it go.

use kube::api::{Api, ApiResource, DynamicObject, ListParams, Patch, PatchParams};
use kube::{Client, ResourceExt as _};
use serde_json::json;
use vaultpilot_crds::name::{FINALIZER, GROUP, VERSION};

use crate::error::is_not_found;

/// A resource that is being deleted and has our finalizer.
#[derive(Debug, Clone)]
pub struct Waiting {
    resource: ApiResource,
    object: DynamicObject,
}

/// `Wallet vp-acme/treasury`
impl std::fmt::Display for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.object.name_any();
        match self.object.namespace() {
            Some(namespace) => write!(f, "{} {namespace}/{name}", self.resource.kind),
            None => write!(f, "{} {name}", self.resource.kind),
        }
    }
}

/// Strategies before wallets before tenants, as an operator would let them go.
///
/// # Errors
/// When they cannot be listed.
pub async fn waiting(
    client: &Client,
    namespace: Option<&str>,
) -> Result<Vec<Waiting>, kube::Error> {
    let kinds = [
        ("Strategy", "strategies"),
        ("Wallet", "wallets"),
        ("Policy", "policies"),
        ("Tenant", "tenants"),
    ];
    let mut found = Vec::new();
    for (kind, plural) in kinds {
        let gvk = kube::core::GroupVersionKind::gvk(GROUP, VERSION, kind);
        let resource = ApiResource::from_gvk_with_plural(&gvk, plural);
        let api: Api<DynamicObject> = match namespace {
            Some(_) if kind == "Tenant" => continue,
            Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
            None => Api::all_with(client.clone(), &resource),
        };
        let objects = match api.list(&ListParams::default()).await {
            Ok(list) => list.items,
            Err(error) if is_not_found(&error) => Vec::new(),
            Err(error) => return Err(error),
        };
        let ours = objects.into_iter().filter(|object| {
            object.metadata.deletion_timestamp.is_some()
                && object.finalizers().iter().any(|name| name == FINALIZER)
        });
        found.extend(ours.map(|object| Waiting {
            resource: resource.clone(),
            object,
        }));
    }
    Ok(found)
}

/// # Errors
/// When it cannot be written.
pub async fn release(client: &Client, waiting: &Waiting) -> Result<(), kube::Error> {
    let Waiting { resource, object } = waiting;
    let api: Api<DynamicObject> = match object.namespace() {
        Some(namespace) => Api::namespaced_with(client.clone(), &namespace, resource),
        None => Api::all_with(client.clone(), resource),
    };
    let mut names = object.finalizers().to_vec();
    names.retain(|name| name != FINALIZER);
    let patch = json!({ "metadata": {
        "resourceVersion": object.metadata.resource_version,
        "finalizers": names,
    } });
    let written = api
        .patch(
            &object.name_any(),
            &PatchParams::default(),
            &Patch::Merge(&patch),
        )
        .await;
    match written {
        Ok(_) => Ok(()),
        Err(error) if is_not_found(&error) => Ok(()),
        Err(error) => Err(error),
    }
}
