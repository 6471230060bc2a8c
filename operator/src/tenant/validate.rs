//! From a spec and facts to a tenant that can be built, or the reason why not. Pure.

mod amount;
mod egress;
mod endpoint;
mod keys;
mod namespace;
mod network;
mod runtime;

use vaultpilot_core::{Quota, TenantName};
use vaultpilot_crds::tenant::TenantSpec;

use super::facts::Facts;
use super::invalid::Invalid;
use super::valid::{McpRules, ValidTenant};
use crate::settings::Settings;

pub(crate) use egress::services_named;
pub use keys::key_management;
pub use namespace::namespace_of;
pub(crate) use network::named;

/// # Errors
/// The first thing that is wrong.
pub fn validate(
    name: &str,
    spec: &TenantSpec,
    facts: &Facts,
    settings: &Settings,
) -> Result<ValidTenant, Invalid> {
    let name: TenantName = name.parse().map_err(|_| Invalid::Spec {
        field: "metadata.name",
        message: "a tenant's name has lower-case letters, digits and inner hyphens".to_owned(),
    })?;
    let (namespace, origin) = namespace::validate(&name, spec, facts)?;
    for policy in &spec.policy_refs {
        let name = policy.name.to_string();
        match facts.policies.get(&name) {
            None => return Err(Invalid::PolicyNotFound { name }),
            Some(false) => return Err(Invalid::PolicyDoesNotSelect { name }),
            Some(true) => {}
        }
    }
    let (exposure, endpoint) = endpoint::validate(&name, &namespace, &spec.mcp)?;
    let runtime = runtime::validate(&spec.runtime)?;
    let chains = egress::chains(spec, settings)?;
    let egress = egress::validate(&name, spec, &chains, facts, settings)?;
    let ingress = network::ingress(spec, &exposure, facts, settings)?;
    let count = |limit: Option<i32>| limit.and_then(|limit| u32::try_from(limit).ok());
    Ok(ValidTenant {
        quota: Quota {
            max_wallets: count(spec.quota.max_wallets),
            max_strategies: count(spec.quota.max_strategies),
            max_api_keys: count(spec.quota.max_api_keys),
        },
        keys: key_management(&spec.key_management)?,
        allowance: amount::allowance(spec, &runtime)?,
        namespace_labels: texts(&spec.namespace.labels, |value| value.as_str()),
        namespace_annotations: texts(&spec.namespace.annotations, |value| &value.0),
        suspended: spec.suspended,
        mcp: McpRules {
            issuers: spec.mcp.issuers.iter().map(ToString::to_string).collect(),
            allowed_origins: spec
                .mcp
                .allowed_origins
                .iter()
                .map(ToString::to_string)
                .collect(),
            max_request_bytes: count(spec.mcp.max_request_bytes),
        },
        dns: network::dns(spec),
        name,
        namespace,
        origin,
        chains,
        endpoint,
        exposure,
        runtime,
        ingress,
        egress,
    })
}

fn texts<V>(
    map: &std::collections::BTreeMap<String, V>,
    text: impl Fn(&V) -> &str,
) -> std::collections::BTreeMap<String, String> {
    map.iter()
        .map(|(key, value)| (key.clone(), text(value).to_owned()))
        .collect()
}
