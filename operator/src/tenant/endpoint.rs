//! The condition `EndpointVerified`, and what is told about the endpoint.

use vaultpilot_core::{Duration, clock};
use vaultpilot_crds::TenantCondition;
use vaultpilot_crds::tenant::Endpoint;
use vaultpilot_crds::value::{Id, Url};

use super::build::{MCP_PORT, PROBE_PORT, SERVICE};
use super::valid::ValidTenant;
use crate::context::Context;
use crate::moment;
use crate::reason::Reason;
use crate::truth::Findings;
use crate::verify::{Seen, Target, Unsound};

const CONDITION: &str = TenantCondition::EndpointVerified.as_str();
/// An endpoint that was sound is asked again after so long.
const AGAIN: Duration = Duration::from_mins(4);

/// What is known from before.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    pub endpoint: Option<&'a Endpoint>,
    /// It was verified, for this generation.
    pub verified: bool,
}

pub async fn verify(
    ctx: &Context,
    tenant: &ValidTenant,
    before: Before<'_>,
    changed: bool,
    findings: &mut Findings,
) -> Endpoint {
    let url = |text: &str| Some(Url(text.to_owned()));
    let mut told = Endpoint {
        url: url(&tenant.endpoint.resource),
        resource: url(&tenant.endpoint.resource),
        protected_resource_metadata_url: url(&tenant.endpoint.metadata),
        ..Endpoint::default()
    };
    let known = before.endpoint.filter(|known| known.url == told.url);
    if let Some(known) = known {
        told.clone_from(known);
    }
    let now = ctx.clock.now();
    let fresh = known
        .and_then(|known| known.last_verified_time.as_ref())
        .is_some_and(|at| clock::after(moment::instant(&at.0), AGAIN) > now);
    if before.verified && fresh && !changed {
        findings.holds(CONDITION, words(&told));
        return told;
    }
    match ctx.verifier.verify(&target(tenant)).await {
        Ok(Seen {
            protocol_versions,
            server_version,
        }) => {
            told.protocol_versions = protocol_versions.into_iter().map(Id).collect();
            told.server_version = server_version.map(Id);
            told.last_verified_time = Some(moment::moment(now));
            findings.holds(CONDITION, words(&told));
        }
        Err(unsound) => findings.fails(CONDITION, reason(&unsound), unsound.to_string()),
    }
    told
}

fn words(told: &Endpoint) -> String {
    let refused = "a call without a credential is refused with 401 and the right metadata";
    if told.protocol_versions.is_empty() {
        return format!(
            "{refused}; server/discover was not asked with a credential, because the operator has none"
        );
    }
    let versions: Vec<&str> = told.protocol_versions.iter().map(Id::as_str).collect();
    format!(
        "server/discover answers ({}); {refused}",
        versions.join(", ")
    )
}

fn target(tenant: &ValidTenant) -> Target {
    let base = format!("http://{SERVICE}.{}.svc", tenant.namespace);
    let host = tenant.endpoint.public_url.split("://").nth(1);
    Target {
        service: format!("{base}:{MCP_PORT}"),
        probes: format!("{base}:{PROBE_PORT}"),
        host: host.unwrap_or_default().to_owned(),
        tenant: tenant.name.to_string(),
        resource: tenant.endpoint.resource.clone(),
        metadata: tenant.endpoint.metadata.clone(),
    }
}

const fn reason(unsound: &Unsound) -> Reason {
    match unsound {
        Unsound::Unreachable { .. } => Reason::EndpointUnreachable,
        Unsound::NotReady { .. } => Reason::EndpointNotReady,
        Unsound::Open { .. } => Reason::EndpointOpen,
        Unsound::NotRefused { .. } | Unsound::Challenge { .. } => Reason::WrongChallenge,
        Unsound::Resource { .. } => Reason::WrongResource,
        Unsound::Discover { .. } => Reason::DiscoverFailed,
    }
}
