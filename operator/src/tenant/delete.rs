//! A tenant goes: it stops paying, waits for its wallets, is let go at the control API, and then
//! loses its pods, its borders, and perhaps its namespace. No key is touched by any of it.

use kube::ResourceExt as _;
use kube::api::Api;
use serde_json::json;
use vaultpilot_core::{Duration, Quota, ResourceKind, TenantName};
use vaultpilot_crds::Tenant;
use vaultpilot_ports::Fault;
use vaultpilot_ports::resource_plane::TenantWish;

use super::census::census;
use super::facts::Origin;
use super::reconcile::archives;
use super::validate::key_management;
use super::validate::namespace_of;
use crate::context::Context;
use crate::deletion::Blocker;
use crate::error::Error;
use crate::mark;
use crate::pass::Next;
use crate::piece::{Kind, Piece};
use crate::reason::Reason;
use crate::truth::Findings;
use crate::{finalizer, plane, status};

const AGAIN: Duration = Duration::from_secs(5);

pub async fn reconcile(ctx: &Context, api: &Api<Tenant>, tenant: &Tenant) -> Result<Next, Error> {
    if !finalizer::is_set(tenant) {
        return Ok(Next::OnChange);
    }
    match blocker(ctx, tenant).await? {
        None => {
            finalizer::release(api, tenant).await?;
            Ok(Next::OnChange)
        }
        Some(blocker) => {
            let mut findings = Findings::default();
            blocker.tell(&mut findings);
            let before = tenant.status.as_ref();
            let mut after = before.cloned().unwrap_or_default();
            let now = ctx.clock.now();
            after.deletion = Some(blocker.status(after.deletion.as_ref(), now));
            after.observed_generation = tenant.metadata.generation;
            after.conditions =
                findings.conditions(&after.conditions, tenant.metadata.generation, now);
            status::publish(ctx, api, tenant, before, &after).await?;
            Ok(Next::After(AGAIN))
        }
    }
}

/// Does what can be done, and tells what is in the way of the rest.
async fn blocker(ctx: &Context, tenant: &Tenant) -> Result<Option<Blocker>, Error> {
    let Ok(name) = tenant.name_any().parse::<TenantName>() else {
        // Never made: no record and no object can have such a name.
        return Ok(None);
    };
    let namespace = namespace_of(name.as_str(), &tenant.spec);
    let there = ctx.cluster.get(Kind::Namespace, None, &namespace).await?;
    let ours = there.filter(|found| mark::is_ours(&found.metadata, &name));
    let names = match &ours {
        Some(_) => census(ctx, &namespace).await?.names,
        None => Vec::new(),
    };
    if !names.is_empty() {
        if let Some(blocker) = suspend(ctx, tenant, &name, &namespace).await? {
            return Ok(Some(blocker));
        }
        let message = format!("delete these first, they are its own: {}", names.join(", "));
        return Ok(Some(Blocker::new(Reason::WalletsExist, names, message)));
    }
    // A record that is closed already is not opened again only to be suspended.
    if !archives(tenant) {
        if let Some(blocker) = suspend(ctx, tenant, &name, &namespace).await? {
            return Ok(Some(blocker));
        }
    } else if let Some(blocker) = archive(ctx, tenant, &name).await? {
        suspend(ctx, tenant, &name, &namespace).await?;
        return Ok(Some(blocker));
    }
    match ours {
        None => Ok(None),
        Some(found) => clear(ctx, tenant, &name, &namespace, &found).await,
    }
}

/// From here on nothing of the tenant pays, however long the rest takes.
async fn suspend(
    ctx: &Context,
    tenant: &Tenant,
    name: &TenantName,
    namespace: &str,
) -> Result<Option<Blocker>, Error> {
    let recorded = tenant
        .status
        .as_ref()
        .is_some_and(|status| status.tenant_id.is_some());
    if !recorded {
        return Ok(None);
    }
    let wish = TenantWish {
        by: plane::managed(ResourceKind::Tenant, tenant)?,
        name: name.clone(),
        namespace: namespace.to_owned(),
        suspended: Some("it is being deleted".to_owned()),
        quota: Quota::default(),
        // What the API server let in once is still there: the field cannot be changed.
        keys: key_management(&tenant.spec.key_management).unwrap_or_default(),
        chains: Vec::new(),
    };
    match ctx.plane.tenant_apply(&wish).await {
        // A conflict: archived in an earlier pass, or another's by now. Nothing of it is ours to stop.
        Ok(_) | Err(Fault::Conflict { .. } | Fault::NotFound { .. }) => Ok(None),
        Err(fault) => Ok(Some(plane::unreachable(&fault))),
    }
}

async fn archive(
    ctx: &Context,
    tenant: &Tenant,
    name: &TenantName,
) -> Result<Option<Blocker>, Error> {
    let by = plane::managed(ResourceKind::Tenant, tenant)?;
    Ok(plane::blocker(ctx.plane.tenant_release(name, &by).await))
}

/// Pods and routes, then the borders, then the namespace.
async fn clear(
    ctx: &Context,
    tenant: &Tenant,
    name: &TenantName,
    namespace: &str,
    found: &kube::api::DynamicObject,
) -> Result<Option<Blocker>, Error> {
    let cluster = &ctx.cluster;
    let selector = mark::selector(name);
    let is_border = |kind: &Kind| matches!(kind, Kind::NetworkPolicy | Kind::Namespace);
    for kind in Kind::ALL.into_iter().rev().filter(|kind| !is_border(kind)) {
        for object in cluster.list(kind, Some(namespace), &selector).await? {
            if mark::is_ours(&object.metadata, name) {
                cluster.delete(kind, &object).await?;
            }
        }
    }
    let pods = cluster
        .pods(namespace, &mark::selector_of_pods(name))
        .await?;
    if !pods.is_empty() {
        let names = pods
            .iter()
            .map(|pod| format!("Pod/{}", pod.name_any()))
            .collect();
        let message = "pods are still ending; their network policies stay until they have";
        return Ok(Some(Blocker::new(Reason::Deleting, names, message)));
    }
    for object in cluster
        .list(Kind::NetworkPolicy, Some(namespace), &selector)
        .await?
    {
        if mark::is_ours(&object.metadata, name) {
            cluster.delete(Kind::NetworkPolicy, &object).await?;
        }
    }
    let origin = found.annotations().get(mark::ORIGIN_ANNOTATION);
    let made = origin.is_some_and(|origin| Origin::read(origin) == Some(Origin::Created));
    if made && is_empty(ctx, tenant, namespace).await? {
        cluster.delete(Kind::Namespace, found).await?;
    } else {
        unmark(ctx, found).await?;
    }
    Ok(None)
}

/// Whether nothing is in the namespace but what the cluster itself puts into every one.
///
/// Secrets cannot be looked at: the operator has no permission to. Where the spec names one, there
/// is taken to be one.
async fn is_empty(ctx: &Context, tenant: &Tenant, namespace: &str) -> Result<bool, Error> {
    let names_secrets = tenant.spec.mcp.tls_secret_name.is_some()
        || tenant
            .spec
            .chains
            .iter()
            .any(|chain| chain.rpc_secret_ref.is_some());
    if names_secrets {
        return Ok(false);
    }
    for kind in Kind::ALL
        .into_iter()
        .filter(|kind| *kind != Kind::Namespace)
    {
        let objects = ctx.cluster.list(kind, Some(namespace), "").await?;
        let foreign = objects.iter().any(|object| {
            let own = match kind {
                Kind::ConfigMap => object.name_any() == "kube-root-ca.crt",
                Kind::ServiceAccount => object.name_any() == "default",
                _ => false,
            };
            !own && object.metadata.deletion_timestamp.is_none()
        });
        if foreign {
            return Ok(false);
        }
    }
    Ok(ctx.cluster.pods(namespace, "").await?.is_empty())
}

/// Takes back everything the operator wrote on the namespace, its mark first of all.
async fn unmark(ctx: &Context, found: &kube::api::DynamicObject) -> Result<(), Error> {
    let bare = json!({
        "apiVersion": Kind::Namespace.api_version(),
        "kind": Kind::Namespace.as_str(),
        "metadata": { "name": found.name_any() },
    });
    ctx.cluster
        .give_up(&Piece::new(Kind::Namespace, &bare))
        .await
}
