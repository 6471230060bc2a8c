//! One judgement, inside the transaction that will act on it.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use vaultpilot_core::tenant::TenantState;
use vaultpilot_core::{
    Asset, BaseUnits, Caller, Effect, Label, Timestamp, Tool, Wallet, WalletId, clock,
};
use vaultpilot_policy::{
    ApprovalTerms, Approvers, Decision, Facts, GrantedApproval, Outcome, PolicySet, Reason,
    ReasonCode, RecipientFacts, Usage, decide, dry_run_required,
};
use vaultpilot_ports::{Fault, ReadTx};

use crate::admit::freeze_of;
use crate::error::OrFault;
use crate::plan::Plan;

/// How long a simulation counts as the dry run a policy asks for.
const DRY_RUN_COUNTS: std::time::Duration = std::time::Duration::from_mins(10);

/// How long a question stays open that policy did not ask.
const ASKED_FOR: std::time::Duration = std::time::Duration::from_hours(24);

/// What is judged.
pub(crate) struct Case<'a> {
    pub now: Timestamp,
    pub caller: &'a Caller,
    pub tool: Tool,
    /// As read in this transaction.
    pub wallet: &'a Wallet,
    pub plan: &'a Plan,
    pub approval: Option<&'a GrantedApproval>,
    /// Somebody else than policy wants a person asked: who, and why.
    pub asks: Option<&'a Asks>,
}

/// A wish for a person's yes beside policy's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asks {
    pub by: Label,
    pub why: &'static str,
}

/// Sums the windows and decides, on what this transaction sees.
pub(crate) async fn judge(
    tx: &mut dyn ReadTx,
    set: &PolicySet,
    case: &Case<'_>,
) -> Result<Decision, Fault> {
    let agent = case.caller.name();
    let mut usage = Usage::new();
    for key in set.usage_keys(Some(&case.wallet.label), agent, &case.plan.effects) {
        let since = clock::before(case.now, key.window);
        let used = tx.usage(&key, case.wallet.id, agent, since).await.fault()?;
        usage.insert(key, used);
    }
    let balances = spendable(tx, case).await?;
    let recipients = known(tx, case.wallet.id, &case.plan.effects).await?;
    let dry_run_seen = if dry_run_required(set, Some(&case.wallet.label), agent, case.tool) {
        let since = clock::before(case.now, DRY_RUN_COUNTS);
        Some(
            tx.dry_run_seen(case.plan.request_digest, since)
                .await
                .fault()?,
        )
    } else {
        None
    };
    let mut freeze = freeze_of(Some(case.wallet));
    let tenant = tx.tenant_fetch().await.fault()?;
    freeze.tenant = !matches!(tenant.map(|tenant| tenant.state), Some(TenantState::Active));
    let mut facts = Facts::new(case.now, case.caller, case.tool);
    facts.freeze = freeze;
    facts.wallet = Some(&case.wallet.label);
    facts.effects = &case.plan.effects;
    facts.gas = Some(case.plan.gas());
    facts.usage = &usage;
    facts.balances = &balances;
    facts.recipients = &recipients;
    facts.dry_run_seen = dry_run_seen;
    facts.approval = case.approval;
    let decision = decide(set, &facts);
    Ok(match (&case.plan.reverts, case.asks) {
        (Some(detail), _) if !decision.is_deny() => reverting(decision, detail),
        // A yes that was given answers this wish as well.
        (None, Some(asks)) if decision.is_allow() && case.approval.is_none() => {
            asking(decision, asks)
        }
        _ => decision,
    })
}

/// Policy has no objection, but a person is to be asked all the same.
fn asking(decision: Decision, asks: &Asks) -> Decision {
    let message = format!("{} asks a person {}", asks.by, asks.why);
    Decision {
        outcome: Outcome::NeedsApproval(ApprovalTerms {
            quorum: 1,
            of: Approvers::default(),
            ttl: ASKED_FOR,
            code: false,
            policy: asks.by.clone(),
        }),
        reasons: vec![Reason::new(ReasonCode::ApprovalRequired, message)],
        ..decision
    }
}

/// What the chain says the wallet holds, less what is promised already.
async fn spendable(
    tx: &mut dyn ReadTx,
    case: &Case<'_>,
) -> Result<BTreeMap<Asset, BaseUnits>, Fault> {
    let mut spendable = BTreeMap::new();
    for (asset, balance) in &case.plan.balances {
        let reserved = tx.reserved(case.wallet.id, *asset).await.fault()?;
        spendable.insert(*asset, balance.saturating_sub(reserved));
    }
    Ok(spendable)
}

/// Who was paid before in everything that this call pays them in; of several assets the one they
/// were first paid in last counts, and one they never were paid in makes them new.
async fn known(
    tx: &mut dyn ReadTx,
    wallet: WalletId,
    effects: &[Effect],
) -> Result<BTreeMap<Address, RecipientFacts>, Fault> {
    let mut known: BTreeMap<Address, Option<RecipientFacts>> = BTreeMap::new();
    for effect in effects {
        let Effect::Outflow {
            asset, recipient, ..
        } = effect
        else {
            continue;
        };
        let paid = tx.recipients(wallet, *asset, &[*recipient]).await.fault()?;
        let paid = paid.get(recipient).copied();
        known
            .entry(*recipient)
            .and_modify(|seen| *seen = seen.zip(paid).map(|(one, other)| later(one, other)))
            .or_insert(paid);
    }
    let known = known.into_iter();
    Ok(known
        .filter_map(|(recipient, paid)| Some((recipient, paid?)))
        .collect())
}

fn later(one: RecipientFacts, other: RecipientFacts) -> RecipientFacts {
    RecipientFacts {
        first_paid_at: one.first_paid_at.max(other.first_paid_at),
    }
}

/// Policy has no objection, but the call would revert: nobody signs that.
fn reverting(decision: Decision, detail: &str) -> Decision {
    let message = format!("the call would revert: {detail}");
    Decision {
        outcome: Outcome::Deny,
        reasons: vec![Reason::new(ReasonCode::SimulationFailed, message)],
        ..decision
    }
}

#[cfg(test)]
mod tests;
