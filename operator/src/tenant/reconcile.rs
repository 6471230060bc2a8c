//! One pass over a tenant.

use kube::ResourceExt as _;
use kube::api::Api;
use vaultpilot_core::{Duration, ResourceKind};
use vaultpilot_crds::condition::TenantCondition as Condition;
use vaultpilot_crds::tenant::TenantStatus;
use vaultpilot_crds::value::{Id, Name};
use vaultpilot_crds::{Tenant, tenant::DeletionPolicy};
use vaultpilot_ports::resource_plane::{TenantReport, TenantWish};

use super::apply::{Applied, apply};
use super::build::{Built, RUNTIME, build};
use super::census::{Census, census};
use super::dereference::dereference;
use super::endpoint::{self, Before};
use super::facts::Facts;
use super::valid::{ValidExposure, ValidTenant};
use super::validate::validate;
use super::{delete, pods};
use crate::context::Context;
use crate::error::Error;
use crate::pass::Next;
use crate::piece::Kind;
use crate::reason::Reason;
use crate::truth::Findings;
use crate::{finalizer, mark, plane, status};

/// While something is not as it should be.
const SOON: Duration = Duration::from_secs(5);
/// When all is well: drift that no watch told, and the endpoint again.
const LATER: Duration = Duration::from_mins(5);

pub async fn reconcile(ctx: &Context, tenant: &Tenant) -> Result<Next, Error> {
    let api: Api<Tenant> = Api::all(ctx.cluster.client());
    if tenant.metadata.deletion_timestamp.is_some() {
        return delete::reconcile(ctx, &api, tenant).await;
    }
    finalizer::set(&api, tenant).await?;
    let facts = dereference(ctx, tenant).await?;
    let mut findings = Findings::default();
    let mut after = tenant.status.clone().unwrap_or_default();
    after.observed_generation = tenant.metadata.generation;
    after.deletion = None;
    match validate(&tenant.name_any(), &tenant.spec, &facts, &ctx.settings) {
        Err(invalid) => {
            let condition = invalid.condition().as_str();
            let words = invalid.to_string();
            if invalid.stalls() {
                findings.stalls(condition, invalid.reason(), words);
            } else {
                findings.fails(condition, invalid.reason(), words);
            }
        }
        Ok(valid) => {
            findings.holds(Condition::Accepted.as_str(), "");
            make_true(ctx, tenant, &valid, &facts, &mut findings, &mut after).await?;
        }
    }
    after.conditions = findings.conditions(
        tenant
            .status
            .as_ref()
            .map_or(&[], |status| &status.conditions),
        tenant.metadata.generation,
        ctx.clock.now(),
    );
    status::publish(ctx, &api, tenant, tenant.status.as_ref(), &after).await?;
    Ok(Next::After(if findings.is_ready() { LATER } else { SOON }))
}

async fn make_true(
    ctx: &Context,
    tenant: &Tenant,
    valid: &ValidTenant,
    facts: &Facts,
    findings: &mut Findings,
    after: &mut TenantStatus,
) -> Result<(), Error> {
    let namespace = valid.namespace.as_str();
    after.namespace = Some(Name(namespace.to_owned()));
    let Built {
        pieces,
        config_hash,
    } = build(valid, facts.apis, &ctx.settings);
    let applied = apply(&ctx.cluster, &valid.name, namespace, &pieces).await?;
    ctx.metrics.drift_corrected(applied.drifted.len() as u64);
    borders(&applied, findings);
    // A namespace that is not the tenant's, or not fenced, has no pods that are believed.
    if applied.is_whole(&[Kind::Namespace, Kind::NetworkPolicy]) {
        register(ctx, tenant, valid, findings, after).await?;
    }
    runtime(ctx, valid, &applied, findings, after).await?;
    exposed(ctx, valid, facts, &applied, findings).await?;
    verified(ctx, tenant, valid, &applied, findings, after).await;
    suspended(valid, findings);
    after.config_hash = Some(Id(config_hash));
    let Census {
        wallets,
        strategies,
        ..
    } = census(ctx, namespace).await?;
    after.wallets = Some(wallets);
    after.strategies = Some(strategies);
    Ok(())
}

fn borders(applied: &Applied, findings: &mut Findings) {
    for (condition, kinds, words) in [
        (
            Condition::NamespaceReady,
            &[Kind::Namespace][..],
            "the namespace is the tenant's alone",
        ),
        (
            Condition::NetworkIsolated,
            &[Kind::NetworkPolicy],
            "denied both ways but for what is needed",
        ),
        (
            Condition::QuotaApplied,
            &[Kind::ResourceQuota, Kind::LimitRange],
            "",
        ),
    ] {
        if !in_the_way(applied, kinds, condition.as_str(), findings) {
            findings.holds(condition.as_str(), words);
        }
    }
}

/// Tells what kept objects of these kinds from being as they were built.
fn in_the_way(
    applied: &Applied,
    kinds: &[Kind],
    condition: &'static str,
    findings: &mut Findings,
) -> bool {
    if let Some((kind, name)) = applied
        .foreign
        .iter()
        .find(|(kind, _)| kinds.contains(kind))
    {
        let message = format!(
            "{} {name} exists and is not the operator's; delete or rename it",
            kind.as_str()
        );
        findings.stalls(condition, Reason::ForeignObject, message);
        return true;
    }
    if let Some((_, words)) = applied
        .refused
        .iter()
        .find(|(kind, _)| kinds.contains(kind))
    {
        findings.fails(condition, Reason::ApplyFailed, words);
        return true;
    }
    false
}

/// The control API's record of the tenant: without it no pod of the tenant is believed.
async fn register(
    ctx: &Context,
    tenant: &Tenant,
    valid: &ValidTenant,
    findings: &mut Findings,
    after: &mut TenantStatus,
) -> Result<(), Error> {
    let condition = Condition::KeyManagementReady.as_str();
    let wish = TenantWish {
        by: plane::managed(ResourceKind::Tenant, tenant)?,
        name: valid.name.clone(),
        namespace: valid.namespace.to_string(),
        suspended: valid.suspended.then(|| "spec.suspended".to_owned()),
        quota: valid.quota,
        keys: valid.keys.clone(),
        chains: valid.chains.iter().map(|chain| chain.id).collect(),
    };
    match ctx.plane.tenant_apply(&wish).await {
        Ok(report) => {
            told(report, after, findings);
            let provider = valid.keys.provider();
            let message = format!("the control API holds the tenant, keys wrapped by {provider}");
            findings.holds(condition, &message);
        }
        Err(fault) => plane::refused(&fault, condition, findings),
    }
    Ok(())
}

fn told(report: TenantReport, after: &mut TenantStatus, findings: &mut Findings) {
    after.tenant_id = Some(Id(report.id));
    after.approvals_pending = Some(i64::from(report.approvals_pending));
    after.policy_hash = Some(Id(report.policy_hash));
    if report.state == "frozen" {
        let message = "the tenant was frozen at the control API; a person thaws it there";
        findings.tells(
            Condition::Suspended.as_str(),
            true,
            Reason::FrozenElsewhere,
            message,
        );
    }
}

async fn runtime(
    ctx: &Context,
    valid: &ValidTenant,
    applied: &Applied,
    findings: &mut Findings,
    after: &mut TenantStatus,
) -> Result<(), Error> {
    let namespace = valid.namespace.as_str();
    let deployment = ctx
        .cluster
        .get(Kind::Deployment, Some(namespace), RUNTIME)
        .await?
        .filter(|found| mark::is_ours(&found.metadata, &valid.name));
    let pods = if deployment.is_some() {
        ctx.cluster
            .pods(namespace, &mark::selector_of_pods(&valid.name))
            .await?
    } else {
        Vec::new()
    };
    let status = pods::judge(deployment.as_ref(), &pods, findings);
    let kinds = [
        Kind::ServiceAccount,
        Kind::ConfigMap,
        Kind::Service,
        Kind::Deployment,
        Kind::PodDisruptionBudget,
        Kind::HorizontalPodAutoscaler,
    ];
    in_the_way(
        applied,
        &kinds,
        Condition::RuntimeAvailable.as_str(),
        findings,
    );
    after.runtime = Some(status);
    Ok(())
}

async fn exposed(
    ctx: &Context,
    valid: &ValidTenant,
    facts: &Facts,
    applied: &Applied,
    findings: &mut Findings,
) -> Result<(), Error> {
    let condition = Condition::Exposed.as_str();
    let kind = match &valid.exposure {
        ValidExposure::ClusterInternal => {
            findings.tells(condition, false, Reason::ClusterInternal, "");
            return Ok(());
        }
        ValidExposure::Gateway { .. } if !facts.apis.http_route => {
            let message =
                "this cluster has no HTTPRoute; install the Gateway API, or use another exposure";
            findings.stalls(condition, Reason::ApiNotAvailable, message);
            return Ok(());
        }
        _ if valid.suspended => {
            findings.tells(condition, false, Reason::Suspended, "");
            return Ok(());
        }
        ValidExposure::Gateway { .. } => Kind::HttpRoute,
        ValidExposure::Ingress { .. } => Kind::Ingress,
    };
    if in_the_way(applied, &[kind], condition, findings) {
        return Ok(());
    }
    if kind == Kind::Ingress {
        findings.holds(condition, "the Ingress is in place");
        return Ok(());
    }
    let namespace = Some(valid.namespace.as_str());
    let route = ctx
        .cluster
        .get(kind, namespace, super::build::SERVICE)
        .await?;
    let parents = route
        .as_ref()
        .and_then(|route| route.data["status"]["parents"].as_array());
    let conditions = parents
        .into_iter()
        .flatten()
        .filter_map(|parent| parent["conditions"].as_array())
        .flatten();
    let accepted = conditions
        .clone()
        .find(|condition| condition["type"] == "Accepted");
    match accepted {
        Some(found) if found["status"] == "True" => {
            findings.holds(condition, "the Gateway accepted the route");
        }
        Some(found) => {
            let words = found["message"].as_str().unwrap_or_default();
            findings.fails(condition, Reason::RouteNotAccepted, words);
        }
        None => {
            let message = "no Gateway has said anything about the route; see spec.mcp.gatewayRef";
            findings.fails(condition, Reason::RouteNotAccepted, message);
        }
    }
    Ok(())
}

async fn verified(
    ctx: &Context,
    tenant: &Tenant,
    valid: &ValidTenant,
    applied: &Applied,
    findings: &mut Findings,
    after: &mut TenantStatus,
) {
    let condition = Condition::EndpointVerified.as_str();
    if valid.suspended {
        findings.tells(condition, false, Reason::Suspended, "");
        return;
    }
    let ready = after
        .runtime
        .as_ref()
        .is_some_and(|runtime| runtime.ready_replicas > 0);
    if !ready {
        findings.fails(condition, Reason::Waiting, "no pod is ready yet");
        return;
    }
    let known = tenant.status.as_ref();
    let holds = |type_: &str| {
        let conditions = known
            .map(|status| status.conditions.as_slice())
            .unwrap_or_default();
        conditions.iter().any(|condition| {
            condition.type_ == type_
                && condition.status == "True"
                && condition.observed_generation == tenant.metadata.generation
        })
    };
    let before = Before {
        endpoint: known.and_then(|status| status.endpoint.as_ref()),
        verified: holds(condition) && holds(Condition::RuntimeAvailable.as_str()),
    };
    let changed = !applied.written.is_empty();
    after.endpoint = Some(endpoint::verify(ctx, valid, before, changed, findings).await);
}

fn suspended(valid: &ValidTenant, findings: &mut Findings) {
    let condition = Condition::Suspended.as_str();
    let known = findings
        .iter()
        .any(|finding| finding.condition == condition);
    if valid.suspended {
        let message = "spec.suspended: it pays nothing, and no pods run";
        findings.tells(condition, true, Reason::Suspended, message);
    } else if !known {
        findings.tells(condition, false, Reason::AsAsked, "");
    }
}

/// Whether the record is closed when the object goes.
pub(super) const fn archives(tenant: &Tenant) -> bool {
    matches!(tenant.spec.deletion_policy, DeletionPolicy::Archive)
}
