//! One pass over a policy.

use std::error::Error as _;

use kube::api::Api;
use kube::{Resource as _, ResourceExt as _};
use vaultpilot_core::{Duration, ResourceKind, TenantName};
use vaultpilot_crds::condition::PolicyCondition as Condition;
use vaultpilot_crds::policy::{PolicyProblem, PolicyStatus};
use vaultpilot_crds::value::{Id, Sentence};
use vaultpilot_crds::{Policy, Tenant, Wallet};
use vaultpilot_policy::{Document, DocumentError};
use vaultpilot_ports::Fault;
use vaultpilot_ports::resource_plane::PolicyWish;

use super::document::document;
use crate::context::Context;
use crate::deletion::Blocker;
use crate::error::Error;
use crate::pass::Next;
use crate::piece::digest;
use crate::reason::Reason;
use crate::tenancy::Place;
use crate::tenant::census::objects;
use crate::truth::{Findings, sentence};
use crate::{finalizer, plane, status};

const SOON: Duration = Duration::from_secs(10);
const LATER: Duration = Duration::from_mins(5);

pub async fn reconcile(ctx: &Context, policy: &Policy) -> Result<Next, Error> {
    let place = Place::of(ctx, policy).await?;
    let api: Api<Policy> = Api::namespaced(ctx.cluster.client(), &place.namespace);
    if policy.metadata.deletion_timestamp.is_some() {
        return delete(ctx, &api, policy, &place).await;
    }
    finalizer::set(&api, policy).await?;
    let before = policy.status.clone().unwrap_or_default();
    let mut after = PolicyStatus {
        observed_generation: policy.metadata.generation,
        referenced_by: referrers(ctx, policy, &place).await?,
        errors: Vec::new(),
        deletion: None,
        ..before.clone()
    };
    let mut findings = Findings::default();
    let accepted = Condition::Accepted.as_str();
    match (&place.tenant, document(policy)) {
        (None, _) => {
            let message = "the namespace belongs to no tenant; apply a Tenant that claims it";
            findings.fails(accepted, Reason::NoTenant, message);
        }
        (_, Err(unreadable)) => {
            let words = words(&unreadable);
            after.errors = vec![problem("spec", &words)];
            findings.stalls(accepted, Reason::PolicyInvalid, words);
        }
        (Some(tenant), Ok(document)) => {
            apply(ctx, policy, tenant, document, &mut findings, &mut after).await?;
        }
    }
    let generation = policy.metadata.generation;
    after.conditions = findings.conditions(&before.conditions, generation, ctx.clock.now());
    status::publish(ctx, &api, policy, policy.status.as_ref(), &after).await?;
    Ok(Next::After(if findings.is_ready() { LATER } else { SOON }))
}

async fn apply(
    ctx: &Context,
    policy: &Policy,
    tenant: &TenantName,
    document: Document,
    findings: &mut Findings,
    after: &mut PolicyStatus,
) -> Result<(), Error> {
    let accepted = Condition::Accepted.as_str();
    // The content's own name: the control API's hash is of all policies together.
    let text = serde_json::to_string(&document).unwrap_or_default();
    let wish = PolicyWish {
        by: plane::managed(ResourceKind::Policy, policy)?,
        tenant: tenant.clone(),
        document,
    };
    match ctx.plane.policy_apply(&wish).await {
        Ok(_) => {
            let hash = Some(Id(digest(text.as_bytes(), 16)));
            if after.hash != hash {
                after.version = Some(after.version.unwrap_or_default().saturating_add(1));
                after.hash = hash;
            }
            findings.holds(accepted, "in force from the next decision on");
        }
        Err(Fault::Invalid { field, message, .. }) => {
            after.errors = vec![problem(&field, &message)];
            let message = format!("{field}: {message}");
            findings.stalls(accepted, Reason::PolicyInvalid, message);
        }
        Err(fault) => plane::refused(&fault, accepted, findings),
    }
    Ok(())
}

fn problem(path: &str, message: &str) -> PolicyProblem {
    PolicyProblem {
        path: path.chars().take(256).collect(),
        message: Sentence(sentence(message)),
    }
}

fn words(error: &DocumentError) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Wallets and the tenant that name it.
async fn referrers(ctx: &Context, policy: &Policy, place: &Place) -> Result<Vec<Sentence>, Error> {
    let name = policy.name_any();
    let names_it = |references: &serde_json::Value| {
        let references = references.as_array();
        references
            .into_iter()
            .flatten()
            .any(|reference| reference["name"] == name.as_str())
    };
    let kind = Wallet::kind(&());
    let wallets = objects(ctx, &place.namespace, &kind, &Wallet::plural(&())).await?;
    let wallets = wallets
        .iter()
        .filter(|wallet| names_it(&wallet.data["spec"]["policyRefs"]))
        .map(|wallet| format!("Wallet/{}", wallet.name_any()));
    let mut found: Vec<String> = wallets.collect();
    if let Some(tenant) = &place.tenant {
        let api: Api<Tenant> = Api::all(ctx.cluster.client());
        let known = api.get_opt(tenant.as_str()).await;
        // One that cannot be read is taken to refer to it: nothing is loosened in doubt.
        let refers = match known {
            Ok(known) => known.is_some_and(|known| {
                let references = &known.spec.policy_refs;
                references
                    .iter()
                    .any(|reference| reference.name.as_str() == name)
            }),
            Err(kube::Error::SerdeError(_)) => true,
            Err(error) => return Err(Error::cluster(format!("get Tenant {tenant}"))(error)),
        };
        found.extend(refers.then(|| format!("Tenant/{tenant}")));
    }
    found.sort();
    Ok(found.into_iter().take(256).map(Sentence).collect())
}

async fn delete(
    ctx: &Context,
    api: &Api<Policy>,
    policy: &Policy,
    place: &Place,
) -> Result<Next, Error> {
    if !finalizer::is_set(policy) {
        return Ok(Next::OnChange);
    }
    let Some(blocker) = blocker(ctx, policy, place).await? else {
        finalizer::release(api, policy).await?;
        return Ok(Next::OnChange);
    };
    let mut findings = Findings::default();
    blocker.tell(&mut findings);
    let before = policy.status.as_ref();
    let mut after = before.cloned().unwrap_or_default();
    let (now, generation) = (ctx.clock.now(), policy.metadata.generation);
    after.deletion = Some(blocker.status(after.deletion.as_ref(), now));
    after.observed_generation = generation;
    after.conditions = findings.conditions(&after.conditions, generation, now);
    status::publish(ctx, api, policy, before, &after).await?;
    Ok(Next::After(SOON))
}

async fn blocker(ctx: &Context, policy: &Policy, place: &Place) -> Result<Option<Blocker>, Error> {
    let referrers = referrers(ctx, policy, place).await?;
    if !referrers.is_empty() {
        let names: Vec<String> = referrers.iter().map(ToString::to_string).collect();
        let message = format!(
            "{} refer to it; take it out of their policyRefs first, so that nobody is loosened unseen",
            names.join(", ")
        );
        return Ok(Some(Blocker::new(Reason::StillReferenced, names, message)));
    }
    let Some(tenant) = &place.tenant else {
        return Ok(None);
    };
    let by = plane::managed(ResourceKind::Policy, policy)?;
    let released = ctx.plane.policy_release(tenant, &place.name, &by).await;
    Ok(plane::blocker(released))
}
