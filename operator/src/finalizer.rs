//! The finalizer: an object is not gone before what it stands for is let go.

use std::fmt::Debug;

use kube::api::{Api, Patch, PatchParams};
use kube::{Resource, ResourceExt as _};
use serde::de::DeserializeOwned;
use serde_json::json;
use vaultpilot_crds::name::FINALIZER;

use crate::error::{Error, is_not_found};
use crate::mark::FIELD_MANAGER;

pub fn is_set<K: Resource>(object: &K) -> bool {
    object.finalizers().iter().any(|name| name == FINALIZER)
}

/// Sets it where it is missing. Before that, nothing is made for the object anywhere.
pub async fn set<K>(api: &Api<K>, object: &K) -> Result<(), Error>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    if is_set(object) {
        return Ok(());
    }
    let mut names = object.finalizers().to_vec();
    names.push(FINALIZER.to_owned());
    write(api, object, &names).await
}

/// Takes it off: the object goes.
pub async fn release<K>(api: &Api<K>, object: &K) -> Result<(), Error>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    let mut names = object.finalizers().to_vec();
    names.retain(|name| name != FINALIZER);
    write(api, object, &names).await
}

async fn write<K>(api: &Api<K>, object: &K, names: &[String]) -> Result<(), Error>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    // The resource version: finalizers of others that came meanwhile must not be lost.
    let patch = json!({ "metadata": {
        "resourceVersion": object.meta().resource_version,
        "finalizers": names,
    } });
    let params = PatchParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let name = object.name_any();
    match api.patch(&name, &params, &Patch::Merge(&patch)).await {
        Ok(_) => Ok(()),
        Err(error) if is_not_found(&error) => Ok(()),
        Err(error) => Err(Error::cluster(format!("finalizer of {name}"))(error)),
    }
}
