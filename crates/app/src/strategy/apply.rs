//! A strategy is made, or edited: whole or not at all. Its wallet and its type never change.

use vaultpilot_audit::Action;
use vaultpilot_core::{Caller, Label, Managed, StrategyId, Timestamp, Wallet, WalletState};
use vaultpilot_ports::control_plane::WalletRef;
use vaultpilot_ports::strategy_plane::StrategyView;
use vaultpilot_ports::{Fault, Tx};
use vaultpilot_strategy::{
    Compiled, Event, Finish, Problems, Progress, Spec, State, Strategy, Suspension,
};

use super::advance;
use super::wish::{Wanted, wanted};
use crate::App;
use crate::error::OrFault;
use crate::resource::{claim, free};

/// The most strategies of a tenant that has no quota of its own.
const MAX_STRATEGIES: u32 = 1000;

/// What somebody wants a strategy to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyStrategy {
    pub name: Label,
    pub wallet: WalletRef,
    pub spec: Spec,
    /// Why it rests, if it is to rest.
    pub suspended: Option<String>,
}

impl App {
    /// `by` is the resource that asks, if one does.
    pub(crate) async fn strategy_put(
        &self,
        caller: &Caller,
        request: &ApplyStrategy,
        by: Option<&Managed>,
    ) -> Result<StrategyView, Fault> {
        let wallet = self.wallet(caller.tenant, &request.wallet).await?;
        let payment = request.spec.payment();
        let decimals = self.decimals(payment.chain, payment.token).await?;
        payable(&wallet, &request.spec)?;
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let found = tx.strategy_find(&request.name).await.fault()?;
        let (strategy, changed) = if let Some(stored) = found {
            self.strategy_edit(tx.as_mut(), stored, &wallet, request, decimals, by)
                .await?
        } else {
            let strategy = self.strategy_new(&wallet, request, decimals, by)?;
            within_quota(tx.as_mut()).await?;
            tx.strategy_insert(&strategy).await.fault()?;
            (strategy, true)
        };
        if changed {
            let draft = self.strategy_draft(caller, Action::StrategyApplied, &strategy);
            let draft = draft
                .fact("kind", strategy.spec.body.kind())
                .fact("state", strategy.state.name().as_str());
            tx.audit_append(vec![draft]).await.fault()?;
            tx.commit().await.fault()?;
        } else {
            drop(tx);
        }
        self.strategy_view(caller.tenant, strategy.id).await
    }

    fn strategy_new(
        &self,
        wallet: &Wallet,
        request: &ApplyStrategy,
        decimals: u8,
        by: Option<&Managed>,
    ) -> Result<Strategy, Fault> {
        if matches!(wallet.state, WalletState::Detached { .. }) {
            let message = format!(
                "wallet {} is detached; apply its resource again",
                wallet.label
            );
            return Err(Fault::conflict("wallet_detached", message));
        }
        let now = self.now();
        let id = StrategyId::new(self.clock.as_ref(), self.entropy.as_ref());
        let compiled = read(&request.spec, decimals, now)?;
        Ok(Strategy {
            id,
            tenant: wallet.tenant,
            name: request.name.clone(),
            wallet: wallet.id,
            spec: request.spec.clone(),
            decimals,
            state: first_state(id, &compiled, request, now)?,
            progress: Progress::default(),
            revision: 1,
            managed: by.cloned(),
            created_at: now,
        })
    }

    /// What is stored, moved to what is asked; and whether that changed anything.
    async fn strategy_edit(
        &self,
        tx: &mut dyn Tx,
        stored: Strategy,
        wallet: &Wallet,
        request: &ApplyStrategy,
        decimals: u8,
        by: Option<&Managed>,
    ) -> Result<(Strategy, bool), Fault> {
        match by {
            Some(by) => claim(stored.managed.as_ref(), by).map(drop)?,
            None => free(
                stored.managed.as_ref(),
                &format!("strategy {}", stored.name),
            )?,
        }
        unmoved(&stored, wallet, request)?;
        read(&request.spec, decimals, stored.created_at)?;
        let now = self.now();
        let before = stored.revision;
        let mut strategy = stored;
        if by.is_some() && strategy.managed.as_ref() != by {
            let seen = strategy.revision;
            strategy.managed = by.cloned();
            strategy.revision = seen.saturating_add(1);
            tx.strategy_update(seen, &strategy).await.fault()?;
        }
        let edit = Event::Edited {
            spec: Box::new(request.spec.clone()),
            decimals,
        };
        let (mut strategy, _) = edited(tx, strategy, edit, now).await?;
        match wanted(&strategy.state, request.suspended.as_deref())? {
            Wanted::AsItIs => {}
            Wanted::Rest { reason } => {
                strategy = advance(tx, strategy, Event::Suspended { reason }, now)
                    .await?
                    .0;
            }
            Wanted::Go => strategy = advance(tx, strategy, Event::Resumed, now).await?.0,
        }
        let changed = strategy.revision != before;
        Ok((strategy, changed))
    }
}

/// An edit is read by its new spec, not by the stored one.
async fn edited(
    tx: &mut dyn Tx,
    strategy: Strategy,
    edit: Event,
    now: Timestamp,
) -> Result<(Strategy, bool), Fault> {
    let Event::Edited { spec, decimals } = &edit else {
        return Ok((strategy, false));
    };
    let compiled = read(spec, *decimals, strategy.created_at)?;
    let seen = strategy.revision;
    let (next, _) = vaultpilot_strategy::step(strategy, &compiled, edit, now)
        .map_err(|error| Fault::conflict("strategy_state", error.to_string()))?;
    let changed = next.revision != seen;
    if changed {
        tx.strategy_update(seen, &next).await.fault()?;
    }
    Ok((next, changed))
}

fn first_state(
    id: StrategyId,
    compiled: &Compiled,
    request: &ApplyStrategy,
    now: Timestamp,
) -> Result<State, Fault> {
    if let Some(reason) = request.suspended.as_deref() {
        let why = Suspension::Requested {
            reason: super::wish::reason(reason)?,
        };
        return Ok(State::Suspended { why, at: now });
    }
    Ok(match compiled.calendar.after(id, now) {
        Some(next) => State::Active { next },
        // What is past was promised by nobody: it is never made up for.
        None => State::Finished {
            why: Finish::ScheduleEnded,
            at: now,
        },
    })
}

fn unmoved(stored: &Strategy, wallet: &Wallet, request: &ApplyStrategy) -> Result<(), Fault> {
    let name = &stored.name;
    if stored.wallet != wallet.id {
        let message = format!("strategy {name} pays from another wallet, and that never changes");
        return Err(Fault::conflict("wallet_immutable", message));
    }
    let (is, wish) = (stored.spec.body.kind(), request.spec.body.kind());
    if is != wish {
        let message = format!("strategy {name} is a {is}, and that never changes");
        return Err(Fault::conflict("type_immutable", message));
    }
    if matches!(stored.state, State::Detaching { .. }) {
        let message = format!("strategy {name} is being detached; wait until that is done");
        return Err(Fault::conflict("strategy_detaching", message));
    }
    Ok(())
}

fn payable(wallet: &Wallet, spec: &Spec) -> Result<(), Fault> {
    let chain = spec.payment().chain;
    if wallet.is_on(chain) {
        return Ok(());
    }
    let message = format!("wallet {} is not on {chain}", wallet.label);
    Err(Fault::invalid("wallet_not_on_chain", "chain", message))
}

fn read(spec: &Spec, decimals: u8, born: Timestamp) -> Result<Compiled, Fault> {
    spec.compile(decimals, born)
        .map_err(|problems| invalid(&problems))
}

/// All of it in the message, the first by its code.
fn invalid(problems: &Problems) -> Fault {
    let (code, field) = problems
        .first()
        .map_or(("strategy_invalid", "spec"), |first| {
            (first.code, first.field)
        });
    Fault::invalid(code, field, problems.to_string())
}

async fn within_quota(tx: &mut dyn Tx) -> Result<(), Fault> {
    let tenant = tx.tenant_fetch().await.fault()?;
    let quota = tenant.and_then(|tenant| tenant.quota.max_strategies);
    let most = quota.unwrap_or(MAX_STRATEGIES);
    if tx.strategy_count().await.fault()? < u64::from(most) {
        return Ok(());
    }
    let message = format!("the tenant has its {most} strategies; its quota allows no more");
    Err(Fault::conflict("too_many_strategies", message))
}
