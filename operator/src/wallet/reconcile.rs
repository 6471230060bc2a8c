//! One pass over a wallet.

use std::collections::BTreeMap;

use kube::api::{Api, ListParams};
use kube::core::DeserializeGuard;
use kube::{Resource as _, ResourceExt as _};
use vaultpilot_core::{Duration, Managed, ResourceKind, TenantName};
use vaultpilot_crds::condition::WalletCondition as Condition;
use vaultpilot_crds::tenant::DeletionPolicy;
use vaultpilot_crds::wallet::WalletStatus;
use vaultpilot_crds::{Policy, Strategy, Wallet};
use vaultpilot_policy::document::Span;
use vaultpilot_ports::resource_plane::{PolicyWish, WalletReport, WalletWish};

use super::document::name_of_document;
use super::report;
use super::validate::{ValidWallet, validate};
use crate::context::Context;
use crate::deletion::Blocker;
use crate::error::Error;
use crate::pass::Next;
use crate::reason::Reason;
use crate::tenancy::Place;
use crate::truth::Findings;
use crate::{finalizer, plane, status};

const SOON: Duration = Duration::from_secs(10);
/// How often balances, budgets and pending payments are asked for.
const REFRESH: Duration = Duration::from_mins(1);

pub async fn reconcile(ctx: &Context, wallet: &Wallet) -> Result<Next, Error> {
    let place = Place::of(ctx, wallet).await?;
    let api: Api<Wallet> = Api::namespaced(ctx.cluster.client(), &place.namespace);
    if wallet.metadata.deletion_timestamp.is_some() {
        return delete(ctx, &api, wallet, &place).await;
    }
    finalizer::set(&api, wallet).await?;
    let before = wallet.status.clone().unwrap_or_default();
    let mut after = before.clone();
    let mut findings = Findings::default();
    let refresh = refresh(wallet);
    after.observed_generation = wallet.metadata.generation;
    after.deletion = None;
    match &place.tenant {
        None => {
            let message = "the namespace belongs to no tenant; apply a Tenant that claims it";
            findings.fails(Condition::Accepted.as_str(), Reason::NoTenant, message);
        }
        Some(tenant) => {
            let policies = policies(ctx, &place.namespace).await?;
            match validate(&place.name, &wallet.spec, &policies) {
                Err(invalid) => {
                    let accepted = Condition::Accepted.as_str();
                    findings.stalls(accepted, invalid.reason(), invalid.to_string());
                }
                Ok(valid) => {
                    findings.holds(Condition::Accepted.as_str(), "");
                    let asked = Asked {
                        tenant,
                        place: &place,
                        by: plane::managed(ResourceKind::Wallet, wallet)?,
                    };
                    if let Some(report) = ask(ctx, &asked, &valid, &mut findings).await? {
                        report::write(&report, &before, refresh, ctx.clock.now(), &mut after);
                        tell(&report, &before, &mut findings);
                    }
                }
            }
        }
    }
    let generation = wallet.metadata.generation;
    after.conditions = findings.conditions(&before.conditions, generation, ctx.clock.now());
    status::publish(ctx, &api, wallet, wallet.status.as_ref(), &after).await?;
    Ok(Next::After(if findings.is_ready() {
        refresh
    } else {
        SOON
    }))
}

fn refresh(wallet: &Wallet) -> Duration {
    let asked = wallet.spec.balance_refresh.as_ref();
    let asked = asked.and_then(|span| span.as_str().parse::<Span>().ok());
    asked.map_or(REFRESH, |span| span.duration().max(SOON))
}

/// Which wallets each policy of the namespace selects.
async fn policies(ctx: &Context, namespace: &str) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let api: Api<DeserializeGuard<Policy>> = Api::namespaced(ctx.cluster.client(), namespace);
    let list = api.list(&ListParams::default()).await;
    let list = list.map_err(Error::cluster("list Policies"))?;
    let readable = list.items.into_iter().filter_map(|policy| policy.0.ok());
    Ok(readable
        .map(|policy| {
            let wallets = policy.spec.selector.wallets.iter();
            (
                policy.name_any(),
                wallets.map(ToString::to_string).collect(),
            )
        })
        .collect())
}

struct Asked<'a> {
    tenant: &'a TenantName,
    place: &'a Place,
    by: Managed,
}

async fn ask(
    ctx: &Context,
    asked: &Asked<'_>,
    valid: &ValidWallet,
    findings: &mut Findings,
) -> Result<Option<WalletReport>, Error> {
    let condition = Condition::KeyReady.as_str();
    // Limits first: a wallet must not be there, even for a moment, without them.
    if let Err(fault) = limits(ctx, asked, valid).await {
        plane::refused(&fault, condition, findings);
        return Ok(None);
    }
    let wish = WalletWish {
        by: asked.by.clone(),
        tenant: asked.tenant.clone(),
        name: asked.place.name.clone(),
        chains: valid.chains.clone(),
        key: valid.key.clone(),
        frozen: valid.frozen.clone(),
        balances: true,
    };
    match ctx.plane.wallet_apply(&wish).await {
        Ok(report) => Ok(Some(report)),
        Err(fault) => {
            plane::refused(&fault, condition, findings);
            Ok(None)
        }
    }
}

async fn limits(
    ctx: &Context,
    asked: &Asked<'_>,
    valid: &ValidWallet,
) -> Result<(), vaultpilot_ports::Fault> {
    let (tenant, by) = (asked.tenant.clone(), asked.by.clone());
    match &valid.limits {
        Some(document) => {
            let wish = PolicyWish {
                by,
                tenant,
                document: document.clone(),
            };
            ctx.plane.policy_apply(&wish).await.map(|_| ())
        }
        // What was written before is no longer wanted; what was never there is let go as easily.
        None => match name_of_document(&asked.place.name) {
            Ok(name) => ctx
                .plane
                .policy_release(&tenant, &name, &by)
                .await
                .map(|_| ()),
            Err(_) => Ok(()),
        },
    }
}

fn tell(report: &WalletReport, before: &WalletStatus, findings: &mut Findings) {
    let why = report.state_reason.clone().unwrap_or_default();
    findings.holds(
        Condition::KeyReady.as_str(),
        format!("{} is wrapped by {}", report.address, report.provider),
    );
    let frozen = Condition::Frozen.as_str();
    match report.state.as_str() {
        "frozen" | "halted" | "restored" => {
            let reason = if why.starts_with("frozen by Wallet ") {
                Reason::Frozen
            } else {
                Reason::FrozenElsewhere
            };
            findings.tells(frozen, true, reason, why);
        }
        _ => findings.tells(frozen, false, Reason::AsAsked, ""),
    }
    let reattached = Condition::Reattached.as_str();
    // It is told once by the control API, and stays true of this object.
    let was = before
        .conditions
        .iter()
        .any(|known| known.type_ == reattached && known.status == "True");
    if report.reattached || was {
        let message = format!(
            "the wallet was deleted before; it has its key and {} again",
            report.address
        );
        findings.tells(reattached, true, Reason::Reattached, message);
    } else {
        findings.tells(reattached, false, Reason::NeverDetached, "");
    }
}

async fn delete(
    ctx: &Context,
    api: &Api<Wallet>,
    wallet: &Wallet,
    place: &Place,
) -> Result<Next, Error> {
    if !finalizer::is_set(wallet) {
        return Ok(Next::OnChange);
    }
    let Some(blocker) = blocker(ctx, wallet, place).await? else {
        finalizer::release(api, wallet).await?;
        return Ok(Next::OnChange);
    };
    let mut findings = Findings::default();
    blocker.tell(&mut findings);
    let before = wallet.status.as_ref();
    let mut after = before.cloned().unwrap_or_default();
    let (now, generation) = (ctx.clock.now(), wallet.metadata.generation);
    after.deletion = Some(blocker.status(after.deletion.as_ref(), now));
    after.observed_generation = generation;
    after.conditions = findings.conditions(&after.conditions, generation, now);
    status::publish(ctx, api, wallet, before, &after).await?;
    Ok(Next::After(SOON))
}

/// Detaches the wallet, and then takes its limits away: never the other way round.
async fn blocker(ctx: &Context, wallet: &Wallet, place: &Place) -> Result<Option<Blocker>, Error> {
    let Some(tenant) = &place.tenant else {
        // Without a record there is nothing to let go; with one, it is not left to sign unwatched.
        let has_record = wallet
            .status
            .as_ref()
            .is_some_and(|it| it.wallet_id.is_some());
        return Ok(has_record.then(|| Blocker::unmarked(&place.namespace)));
    };
    let users = strategies_of(ctx, wallet, &place.namespace).await?;
    if !users.is_empty() {
        let message = format!(
            "strategies pay from it: {}; delete them first",
            users.join(", ")
        );
        return Ok(Some(Blocker::new(Reason::StillReferenced, users, message)));
    }
    let by = plane::managed(ResourceKind::Wallet, wallet)?;
    let empty = wallet.spec.deletion_policy == DeletionPolicy::Archive;
    let released = ctx
        .plane
        .wallet_release(tenant, &place.name, &by, empty)
        .await;
    if let Some(blocker) = plane::blocker(released) {
        return Ok(Some(blocker));
    }
    let Ok(name) = name_of_document(&place.name) else {
        return Ok(None);
    };
    let released = ctx.plane.policy_release(tenant, &name, &by).await;
    Ok(plane::blocker(released))
}

async fn strategies_of(
    ctx: &Context,
    wallet: &Wallet,
    namespace: &str,
) -> Result<Vec<String>, Error> {
    let name = wallet.meta().name.clone().unwrap_or_default();
    let kind = Strategy::kind(&());
    let found =
        crate::tenant::census::objects(ctx, namespace, &kind, &Strategy::plural(&())).await?;
    Ok(found
        .iter()
        .filter(|strategy| strategy.data["spec"]["walletRef"]["name"] == name.as_str())
        .map(|strategy| format!("Strategy/{}", strategy.name_any()))
        .collect())
}
