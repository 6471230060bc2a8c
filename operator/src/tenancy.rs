//! Whose a namespaced object is: its namespace says, by a label that only the operator sets.

use k8s_openapi::api::core::v1::Namespace;
use kube::api::Api;
use kube::{Resource, ResourceExt};
use vaultpilot_core::{Label, TenantName};
use vaultpilot_crds::name::TENANT_LABEL;

use crate::context::Context;
use crate::error::Error;
use crate::mark;

/// The tenant, and the object's own namespace and name.
#[derive(Debug, Clone)]
pub struct Place {
    pub tenant: Option<TenantName>,
    pub namespace: String,
    pub name: Label,
}

impl Place {
    /// # Errors
    /// When the namespace cannot be read, or the object lacks what every object has.
    pub async fn of<K: Resource>(ctx: &Context, object: &K) -> Result<Self, Error> {
        let namespace = object
            .namespace()
            .ok_or(Error::Incomplete { field: "namespace" })?;
        let name = object.name_any().parse();
        let name = name.map_err(|_| Error::Incomplete {
            field: "name that is a label",
        })?;
        let api: Api<Namespace> = Api::all(ctx.cluster.client());
        let found = api.get_opt(&namespace).await;
        let found = found.map_err(Error::cluster(format!("get Namespace {namespace}")))?;
        let tenant = found.and_then(|found| {
            let tenant: TenantName = found.labels().get(TENANT_LABEL)?.parse().ok()?;
            // The label alone could be somebody's idea; the operator's mark is both.
            mark::is_ours(found.meta(), &tenant).then_some(tenant)
        });
        Ok(Self {
            tenant,
            namespace,
            name,
        })
    }
}
