//! Which namespace the tenant has, and whether it may.

use vaultpilot_core::TenantName;
use vaultpilot_crds::name::NAMESPACE_PREFIX;
use vaultpilot_crds::tenant::TenantSpec;

use crate::name::Namespace;
use crate::tenant::facts::{Facts, NamespaceFact, Origin};
use crate::tenant::invalid::Invalid;

/// The name it asks for. It does not change in the life of a tenant.
pub fn namespace_of(tenant: &str, spec: &TenantSpec) -> String {
    spec.namespace.name.as_ref().map_or_else(
        || format!("{NAMESPACE_PREFIX}{tenant}"),
        ToString::to_string,
    )
}

pub(super) fn validate(
    tenant: &TenantName,
    spec: &TenantSpec,
    facts: &Facts,
) -> Result<(Namespace, Origin), Invalid> {
    let text = namespace_of(tenant.as_str(), spec);
    let namespace: Namespace = text.parse().map_err(|_| Invalid::Spec {
        field: "spec.namespace.name",
        message: format!("{text} is no name of a namespace"),
    })?;
    if let Some(rival) = &facts.rival {
        return Err(Invalid::NamespaceConflict {
            namespace: text,
            rival: rival.clone(),
        });
    }
    let origin = match &facts.namespace {
        None => Origin::Created,
        Some(there) => origin(tenant, spec, there, &text)?,
    };
    Ok((namespace, origin))
}

fn origin(
    tenant: &TenantName,
    spec: &TenantSpec,
    there: &NamespaceFact,
    namespace: &str,
) -> Result<Origin, Invalid> {
    let namespace = namespace.to_owned();
    match &there.tenant {
        Some(rival) if rival != tenant.as_str() => Err(Invalid::NamespaceConflict {
            namespace,
            rival: rival.clone(),
        }),
        _ if there.terminating => Err(Invalid::NamespaceTerminating { namespace }),
        _ if there.ours => Ok(there.origin.unwrap_or(Origin::Adopted)),
        _ if !spec.namespace.adopt => Err(Invalid::ForeignNamespace { namespace }),
        _ if !there.strangers.is_empty() => Err(Invalid::NamespaceInUse {
            namespace,
            pods: there.strangers.clone(),
        }),
        _ => Ok(Origin::Adopted),
    }
}
