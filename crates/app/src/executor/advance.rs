//! Takes an intent one step and does what the step commands, in one transaction.

use vaultpilot_audit::{Action, Actor, Draft, Outcome};
use vaultpilot_core::{AuditId, WalletState};
use vaultpilot_intent::{Command, Event, StateName, step};
use vaultpilot_ports::{Notice, StoreError, Tx};

use super::lane::{Lane, Work};
use crate::feed::Moved;

impl Lane {
    pub(super) async fn advance(
        &mut self,
        work: &mut Work,
        event: Event,
    ) -> Result<(), StoreError> {
        let unit = self.parts.store.begin(work.tenant).await?;
        self.advance_in(unit, work, event).await
    }

    /// Commits the unit with the step in it. An event the state cannot take changes nothing.
    pub(super) async fn advance_in(
        &mut self,
        mut unit: Box<dyn Tx>,
        work: &mut Work,
        event: Event,
    ) -> Result<(), StoreError> {
        let from = work.intent.state.name();
        let (state, commands) = match step(work.intent.state.clone(), event) {
            Ok(stepped) => stepped,
            Err(error) => {
                tracing::error!(intent.id = %work.intent.id, %error, "event does not fit");
                return Ok(());
            }
        };
        let mut next = work.intent.clone();
        next.state = state;
        unit.intent_update(from, &next, &work.decision).await?;
        let mut drafts = vec![self.moved_draft(work, &next)];
        for command in &commands {
            match command {
                Command::Commit { spent, gas } => {
                    let at = self.parts.clock.now();
                    unit.reservation_commit(next.id, *spent, *gas, at).await?;
                }
                Command::Release => unit.reservation_release(next.id).await?,
                Command::Reserve => unit.reservation_restore(next.id).await?,
                Command::HaltWallet => {
                    drafts.push(
                        self.halt_in(unit.as_mut(), work, "nonce was used outside")
                            .await?,
                    );
                }
                Command::Execute | Command::Broadcast { .. } | Command::Follow => {}
            }
        }
        unit.audit_append(drafts).await?;
        unit.commit().await?;
        if commands.contains(&Command::HaltWallet) {
            self.parts.feed.changed(work.tenant);
        }
        work.intent = next;
        self.last_trouble = None;
        self.tell(work, from).await;
        Ok(())
    }

    /// Stops signing for a wallet whose key somebody else uses. The intent stays as it is.
    pub(super) async fn halt(&mut self, work: &Work, why: &str) -> Result<(), StoreError> {
        let mut unit = self.parts.store.begin(work.tenant).await?;
        let draft = self.halt_in(unit.as_mut(), work, why).await?;
        unit.audit_append(vec![draft]).await?;
        unit.commit().await?;
        self.parts.feed.changed(work.tenant);
        let message = format!("wallet {} is halted: {why}", work.intent.from);
        let at = self.parts.clock.now();
        self.parts
            .notifier
            .notify(Notice::Alert { at, message })
            .await;
        Ok(())
    }

    async fn halt_in(
        &self,
        unit: &mut dyn Tx,
        work: &Work,
        why: &str,
    ) -> Result<Draft, StoreError> {
        let at = self.parts.clock.now();
        let state = WalletState::Halted {
            reason: why.to_owned(),
            at,
            chain: work.intent.call.chain,
        };
        unit.wallet_update(work.intent.wallet, &state).await?;
        let mut draft = self.draft(Action::WalletHalted, Outcome::Succeeded);
        draft.wallet = Some(work.intent.wallet);
        draft.intent = Some(work.intent.id);
        Ok(draft.fact("reason", why))
    }

    fn moved_draft(&self, work: &Work, next: &vaultpilot_intent::Intent) -> Draft {
        let state = next.state.name();
        let outcome = match state {
            StateName::Refused | StateName::Reverted | StateName::Dropped => Outcome::Failed,
            _ => Outcome::Succeeded,
        };
        let mut draft = self.draft(Action::IntentMoved, outcome);
        draft.tool = Some(next.tool.name().to_owned());
        draft.wallet = Some(next.wallet);
        draft.intent = Some(next.id);
        draft.digest = Some(next.action_digest.to_string());
        draft.policy_version = Some(work.intent.policy_version.clone());
        let mut draft = draft.fact("state", state.as_str());
        if let vaultpilot_intent::IntentState::Refused { refusal, .. } = &next.state {
            draft = draft.fact("reason", refusal.code());
        }
        match next.state.tx() {
            Some(tx) => draft.fact("tx", tx.hash).fact("nonce", tx.nonce),
            None => draft,
        }
    }

    fn draft(&self, action: Action, outcome: Outcome) -> Draft {
        let clock = self.parts.clock.as_ref();
        let id = AuditId::new(clock, self.parts.entropy.as_ref());
        Draft::new(id, clock.now(), action, Actor::System, outcome)
    }

    async fn tell(&self, work: &Work, from: StateName) {
        let state = work.intent.state.name();
        if state == from {
            return;
        }
        self.parts.feed.tell(Moved {
            tenant: work.tenant,
            intent: work.intent.id,
            state,
        });
        let detail = match work.intent.state.tx() {
            Some(tx) => tx.hash.to_string(),
            None => String::new(),
        };
        let at = self.parts.clock.now();
        let notice = Notice::IntentMoved {
            at,
            intent: work.intent.id,
            state,
            detail,
        };
        self.parts.notifier.notify(notice).await;
    }
}
