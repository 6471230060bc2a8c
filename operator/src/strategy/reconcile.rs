//! One pass over a strategy.

use kube::api::Api;
use vaultpilot_core::{Duration, ResourceKind, TenantName, Timestamp, clock};
use vaultpilot_crds::condition::StrategyCondition as Condition;
use vaultpilot_crds::{Strategy, Wallet};
use vaultpilot_ports::resource_plane::StrategyWish;
use vaultpilot_ports::strategy_plane::StrategyView;

use super::report;
use super::validate::validate;
use crate::context::Context;
use crate::deletion::Blocker;
use crate::error::Error;
use crate::pass::Next;
use crate::reason::Reason;
use crate::tenancy::Place;
use crate::truth::Findings;
use crate::{finalizer, plane, status};

const SOON: Duration = Duration::from_secs(10);
/// How often runs and spending are asked for.
const REFRESH: Duration = Duration::from_secs(30);

pub async fn reconcile(ctx: &Context, strategy: &Strategy) -> Result<Next, Error> {
    let place = Place::of(ctx, strategy).await?;
    let api: Api<Strategy> = Api::namespaced(ctx.cluster.client(), &place.namespace);
    if strategy.metadata.deletion_timestamp.is_some() {
        return delete(ctx, &api, strategy, &place).await;
    }
    finalizer::set(&api, strategy).await?;
    let before = strategy.status.clone().unwrap_or_default();
    let mut after = before.clone();
    after.observed_generation = strategy.metadata.generation;
    after.deletion = None;
    let mut findings = Findings::default();
    let mut moves = false;
    match &place.tenant {
        None => {
            let message = "the namespace belongs to no tenant; apply a Tenant that claims it";
            findings.fails(Condition::Accepted.as_str(), Reason::NoTenant, message);
        }
        Some(tenant) => {
            if let Some(view) = ask(ctx, strategy, &place, tenant, &mut findings).await? {
                moves = is_moving(&view, ctx.clock.now());
                report::write(&view, &mut after);
                tell(strategy, &view, &mut findings);
            }
        }
    }
    let generation = strategy.metadata.generation;
    after.conditions = findings.conditions(&before.conditions, generation, ctx.clock.now());
    status::publish(ctx, &api, strategy, strategy.status.as_ref(), &after).await?;
    Ok(Next::After(if findings.is_ready() && !moves {
        REFRESH
    } else {
        SOON
    }))
}

/// A run is under way, or the next one begins before anybody would look again.
fn is_moving(view: &StrategyView, now: Timestamp) -> bool {
    let next = view.next_run_at.as_deref().and_then(|at| at.parse().ok());
    let soon = clock::after(now, REFRESH);
    view.active_run.is_some() || next.is_some_and(|at: Timestamp| at <= soon)
}

async fn ask(
    ctx: &Context,
    strategy: &Strategy,
    place: &Place,
    tenant: &TenantName,
    findings: &mut Findings,
) -> Result<Option<StrategyView>, Error> {
    let accepted = Condition::Accepted.as_str();
    let spec = match validate(&strategy.spec) {
        Ok(spec) => spec,
        Err(invalid) => {
            findings.stalls(accepted, invalid.reason(), invalid.to_string());
            return Ok(None);
        }
    };
    findings.holds(accepted, "");
    let wallet = strategy.spec.wallet_ref.name.as_str();
    let Ok(label) = wallet.parse() else {
        findings.stalls(
            accepted,
            Reason::InvalidSpec,
            "spec.walletRef.name is no name of a wallet",
        );
        return Ok(None);
    };
    if !wallet_is_ready(ctx, place, wallet, findings).await? {
        return Ok(None);
    }
    let wish = StrategyWish {
        by: plane::managed(ResourceKind::Strategy, strategy)?,
        tenant: tenant.clone(),
        name: place.name.clone(),
        wallet: label,
        spec,
        suspended: strategy.spec.suspend,
    };
    match ctx.plane.strategy_apply(&wish).await {
        Ok(view) => Ok(Some(view)),
        Err(fault) => {
            plane::refused(&fault, accepted, findings);
            Ok(None)
        }
    }
}

/// A wallet that is being deleted is not there for a new strategy.
async fn wallet_is_ready(
    ctx: &Context,
    place: &Place,
    wallet: &str,
    findings: &mut Findings,
) -> Result<bool, Error> {
    let condition = Condition::WalletReady.as_str();
    let api: Api<Wallet> = Api::namespaced(ctx.cluster.client(), &place.namespace);
    let found = match api.get_opt(wallet).await {
        Ok(found) => found,
        Err(kube::Error::SerdeError(_)) => {
            let message = format!("Wallet {wallet} cannot be read; see its own conditions");
            findings.fails(condition, Reason::WalletNotReady, message);
            return Ok(false);
        }
        Err(error) => return Err(Error::cluster(format!("get Wallet {wallet}"))(error)),
    };
    let Some(found) = found else {
        let message = format!("Wallet {wallet} is not in this namespace");
        findings.fails(condition, Reason::WalletNotFound, message);
        return Ok(false);
    };
    // Known to the control API is enough: a wallet that waits for something is used as soon as it
    // can be, and a strategy that is on record keeps its history meanwhile.
    let status = found.status.unwrap_or_default();
    if status.wallet_id.is_none() || found.metadata.deletion_timestamp.is_some() {
        let message = format!("Wallet {wallet} is not ready; see its own conditions");
        findings.fails(condition, Reason::WalletNotReady, message);
        return Ok(false);
    }
    findings.holds(condition, "");
    Ok(true)
}

fn tell(strategy: &Strategy, view: &StrategyView, findings: &mut Findings) {
    let suspended = Condition::Suspended.as_str();
    let code = view.code.as_deref().unwrap_or_default();
    let why = view.reason.as_deref().unwrap_or_default();
    match view.state.as_str() {
        "suspended" if strategy.spec.suspend => {
            findings.tells(suspended, true, Reason::Suspended, "spec.suspend");
        }
        "suspended" => {
            let words = format!(
                "{code}: {why}; set spec.suspend to true and to false again once the cause is gone"
            );
            findings.tells(suspended, true, Reason::SelfSuspended, words.clone());
            findings.stalls(Condition::Accepted.as_str(), Reason::SelfSuspended, words);
        }
        "finished" => {
            findings.tells(
                suspended,
                false,
                Reason::Finished,
                format!("{code} {why}").trim(),
            );
        }
        _ => findings.tells(suspended, false, Reason::Scheduled, ""),
    }
}

async fn delete(
    ctx: &Context,
    api: &Api<Strategy>,
    strategy: &Strategy,
    place: &Place,
) -> Result<Next, Error> {
    if !finalizer::is_set(strategy) {
        return Ok(Next::OnChange);
    }
    let Some(blocker) = blocker(ctx, strategy, place).await? else {
        finalizer::release(api, strategy).await?;
        return Ok(Next::OnChange);
    };
    let mut findings = Findings::default();
    blocker.tell(&mut findings);
    let before = strategy.status.as_ref();
    let mut after = before.cloned().unwrap_or_default();
    let (now, generation) = (ctx.clock.now(), strategy.metadata.generation);
    after.deletion = Some(blocker.status(after.deletion.as_ref(), now));
    after.observed_generation = generation;
    after.conditions = findings.conditions(&after.conditions, generation, now);
    status::publish(ctx, api, strategy, before, &after).await?;
    Ok(Next::After(SOON))
}

async fn blocker(
    ctx: &Context,
    strategy: &Strategy,
    place: &Place,
) -> Result<Option<Blocker>, Error> {
    let Some(tenant) = &place.tenant else {
        // As with a wallet: what is on record is not left to pay unwatched.
        let has_record = strategy
            .status
            .as_ref()
            .is_some_and(|it| it.strategy_id.is_some());
        return Ok(has_record.then(|| Blocker::unmarked(&place.namespace)));
    };
    let by = plane::managed(ResourceKind::Strategy, strategy)?;
    let released = ctx.plane.strategy_release(tenant, &place.name, &by).await;
    Ok(plane::blocker(released))
}
