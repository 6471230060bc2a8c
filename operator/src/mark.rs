//! How the operator tells its own objects from others': a label to select by, and an annotation
//! that names the owner. An object without both is foreign, and foreign objects are left alone.

use std::collections::BTreeMap;

use kube::api::ObjectMeta;
use vaultpilot_core::TenantName;
use vaultpilot_crds::name::{MANAGED_BY, MANAGED_BY_LABEL, TENANT_LABEL};

/// Names the owner: `Tenant/acme`.
pub const OWNER_ANNOTATION: &str = "vaultpilot.io/owner";
/// The digest of what was applied last: a field that is no longer wanted changes it.
pub const APPLIED_ANNOTATION: &str = "vaultpilot.io/applied";
/// On a namespace: whether the operator made it or found it.
pub const ORIGIN_ANNOTATION: &str = "vaultpilot.io/origin";
/// Who writes, in `metadata.managedFields`.
pub const FIELD_MANAGER: &str = "vaultpilot-operator";

const NAME_LABEL: &str = "app.kubernetes.io/name";
const PART_OF_LABEL: &str = "app.kubernetes.io/part-of";
const RUNTIME: &str = "tenant-runtime";

/// Labels of everything that is made for a tenant.
pub fn labels(tenant: &TenantName) -> BTreeMap<String, String> {
    BTreeMap::from([
        (NAME_LABEL.to_owned(), RUNTIME.to_owned()),
        (PART_OF_LABEL.to_owned(), "vaultpilot".to_owned()),
        (MANAGED_BY_LABEL.to_owned(), MANAGED_BY.to_owned()),
        (TENANT_LABEL.to_owned(), tenant.to_string()),
    ])
}

/// Labels that a tenant's pods are chosen by. They never change: a Deployment's selector cannot.
pub fn pod_selector(tenant: &TenantName) -> BTreeMap<String, String> {
    BTreeMap::from([
        (NAME_LABEL.to_owned(), RUNTIME.to_owned()),
        (TENANT_LABEL.to_owned(), tenant.to_string()),
    ])
}

pub fn annotations(tenant: &TenantName) -> BTreeMap<String, String> {
    BTreeMap::from([(OWNER_ANNOTATION.to_owned(), owner(tenant))])
}

pub fn owner(tenant: &TenantName) -> String {
    format!("Tenant/{tenant}")
}

/// What a list of the tenant's own objects asks for.
pub fn selector(tenant: &TenantName) -> String {
    format!("{MANAGED_BY_LABEL}={MANAGED_BY},{TENANT_LABEL}={tenant}")
}

/// What a watch of all tenants' objects asks for.
pub fn selector_of_all() -> String {
    format!("{MANAGED_BY_LABEL}={MANAGED_BY},{TENANT_LABEL}")
}

pub fn is_ours(meta: &ObjectMeta, tenant: &TenantName) -> bool {
    let label = |key: &str| meta.labels.as_ref().and_then(|labels| labels.get(key));
    let annotation = |key: &str| meta.annotations.as_ref().and_then(|notes| notes.get(key));
    label(MANAGED_BY_LABEL).is_some_and(|by| by == MANAGED_BY)
        && label(TENANT_LABEL).is_some_and(|name| name == tenant.as_str())
        && annotation(OWNER_ANNOTATION).is_some_and(|name| *name == owner(tenant))
}

/// What a list of the tenant's pods asks for.
pub fn selector_of_pods(tenant: &TenantName) -> String {
    format!("{NAME_LABEL}={RUNTIME},{TENANT_LABEL}={tenant}")
}
