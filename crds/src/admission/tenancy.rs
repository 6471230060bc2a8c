//! Wallets, strategies and policies are made only where they belong to a tenant. Updates are left
//! alone: a finalizer must come off wherever the object is.

use super::{Admission, Matched, admission, forbidden};
use crate::name::{GROUP, TENANT_LABEL, VERSION};

pub const TENANCY: &str = "vaultpilot-tenancy";

pub(super) fn belong() -> Admission {
    let matched = Matched {
        group: GROUP,
        version: VERSION,
        resources: &["wallets", "strategies", "policies"],
        operations: &["CREATE"],
    };
    let expression = format!(
        "has(namespaceObject.metadata.labels) && '{TENANT_LABEL}' in namespaceObject.metadata.labels"
    );
    let message = "the namespace belongs to no tenant; apply a Tenant first and wait until it is \
                   NamespaceReady";
    admission(TENANCY, &matched, vec![forbidden(expression, message)])
}
