//! Whose a namespace is, only the operator says: who could set the label could move a namespace,
//! and all wallets in it, to another tenant. Nor does anybody else loosen the pod security of a
//! tenant's namespace. `namespaces/status` and `namespaces/finalize` can change labels too.

use super::{Admission, Matched, admission, forbidden};
use crate::name::{OPERATOR_USER, TENANT_LABEL};

pub const TENANT_LABELS: &str = "vaultpilot-tenant-label";

const POD_SECURITY: [&str; 6] = [
    "enforce",
    "enforce-version",
    "audit",
    "audit-version",
    "warn",
    "warn-version",
];

pub(super) fn guard() -> Admission {
    let matched = Matched {
        group: "",
        version: "v1",
        resources: &["namespaces", "namespaces/status", "namespaces/finalize"],
        operations: &["CREATE", "UPDATE"],
    };
    let operator = format!("request.userInfo.username == '{OPERATOR_USER}'");
    let label = format!(
        "{operator} || {} == (request.operation == 'CREATE' ? '' : {})",
        value("object", &format!("'{TENANT_LABEL}'")),
        value("oldObject", &format!("'{TENANT_LABEL}'")),
    );
    let keys = POD_SECURITY.map(|mode| format!("'pod-security.kubernetes.io/{mode}'"));
    let pods = format!(
        "{operator} || request.operation == 'CREATE' || {} == '' || [{}].all(k, {} == {})",
        value("oldObject", &format!("'{TENANT_LABEL}'")),
        keys.join(", "),
        value("object", "k"),
        value("oldObject", "k"),
    );
    let validations = vec![
        forbidden(
            label,
            "the label vaultpilot.io/tenant is set by the VaultPilot operator only; apply a Tenant \
             instead",
        ),
        forbidden(
            pods,
            "the pod security of a tenant's namespace is set by the VaultPilot operator only",
        ),
    ];
    admission(TENANT_LABELS, &matched, validations)
}

/// The value of a label of `object` or `oldObject`, empty when it is not there.
fn value(object: &str, key: &str) -> String {
    let labels = format!("{object}.metadata.labels");
    format!("(has({labels}) && {key} in {labels} ? {labels}[{key}] : '')")
}
