//! A strategy rests and goes on, as people want it.

use vaultpilot_audit::Action;
use vaultpilot_core::{Caller, Label, StrategyId};
use vaultpilot_ports::strategy_plane::StrategyView;
use vaultpilot_ports::{Fault, Tx};
use vaultpilot_strategy::{Event, State, Strategy, Suspension};

use super::advance;
use crate::App;
use crate::error::OrFault;
use crate::resource::free;

/// The longest reason kept.
const MAX_REASON: usize = 200;

/// What must happen so that it rests or goes on as is wanted.
pub(super) enum Wanted {
    AsItIs,
    Rest { reason: String },
    Go,
}

/// What rests by its own failures goes on when somebody edits or resumes it, not because nobody
/// wants it to rest.
pub(super) fn wanted(state: &State, suspended: Option<&str>) -> Result<Wanted, Fault> {
    let requested = matches!(
        state,
        State::Suspended {
            why: Suspension::Requested { .. },
            ..
        }
    );
    Ok(match (requested, suspended) {
        (true, None) => Wanted::Go,
        (false, Some(why)) => Wanted::Rest {
            reason: reason(why)?,
        },
        (true, Some(_)) | (false, None) => Wanted::AsItIs,
    })
}

/// A reason as it is kept.
pub(super) fn reason(text: &str) -> Result<String, Fault> {
    let plain = text.chars().filter(|c| !c.is_control());
    let kept: String = plain.take(MAX_REASON).collect();
    if kept.trim().is_empty() {
        let message = "say why, in a few words";
        return Err(Fault::invalid("reason_empty", "reason", message));
    }
    Ok(kept)
}

impl App {
    /// Stops its schedule until somebody resumes it. Payments that are on record go their way.
    pub(crate) async fn strategy_rest(
        &self,
        caller: &Caller,
        name: &Label,
        why: &str,
    ) -> Result<StrategyView, Fault> {
        let event = Event::Suspended {
            reason: reason(why)?,
        };
        self.strategy_moved(caller, name, event, Action::StrategySuspended)
            .await
    }

    pub(crate) async fn strategy_go_on(
        &self,
        caller: &Caller,
        name: &Label,
    ) -> Result<StrategyView, Fault> {
        self.strategy_moved(caller, name, Event::Resumed, Action::StrategyResumed)
            .await
    }

    async fn strategy_moved(
        &self,
        caller: &Caller,
        name: &Label,
        event: Event,
        action: Action,
    ) -> Result<StrategyView, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let strategy = named(tx.as_mut(), name).await?;
        free(strategy.managed.as_ref(), &format!("strategy {name}"))?;
        let (id, seen): (StrategyId, u64) = (strategy.id, strategy.revision);
        let (strategy, _) = advance(tx.as_mut(), strategy, event, self.now()).await?;
        if strategy.revision == seen {
            drop(tx);
        } else {
            let draft = self.strategy_draft(caller, action, &strategy);
            tx.audit_append(vec![draft]).await.fault()?;
            tx.commit().await.fault()?;
        }
        self.strategy_view(caller.tenant, id).await
    }
}

/// The strategy of this name.
pub(super) async fn named(tx: &mut dyn Tx, name: &Label) -> Result<Strategy, Fault> {
    let found = tx.strategy_find(name).await.fault()?;
    found.ok_or_else(|| Fault::not_found("strategy", name))
}
