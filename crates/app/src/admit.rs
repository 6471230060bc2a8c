//! Admission: scope, freeze, address, tool and rate, for every call; and its audit entry.

use std::sync::Arc;

use vaultpilot_audit::{Action, Draft, Outcome as AuditOutcome};
use vaultpilot_core::{Caller, Tool, ToolClass, Wallet, WalletState};
use vaultpilot_policy::{Decision, Facts, Freeze, Outcome, admit};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::WalletRef;

use crate::App;

/// What a call is about: nothing, a wallet that exists, or one that may be made.
pub(crate) enum Subject<'a> {
    None,
    Wallet(&'a WalletRef),
    Label(&'a vaultpilot_core::Label),
}

impl<'a> Subject<'a> {
    /// The wallet a call names, if it names one.
    pub(crate) fn of(wallet: Option<&'a WalletRef>) -> Self {
        wallet.map_or(Self::None, Self::Wallet)
    }
}

impl App {
    /// Lets the call in, or not, and writes down which. Gives the wallet it names.
    pub(crate) async fn enter(
        &self,
        caller: &Caller,
        tool: Tool,
        subject: Subject<'_>,
    ) -> Result<Option<Arc<Wallet>>, Fault> {
        if !caller.role.may_call(tool) {
            let draft = self.tool_draft(caller, tool, AuditOutcome::Denied);
            self.audit(caller.tenant, draft.fact("reason", "forbidden"))
                .await?;
            return Err(Fault::Forbidden);
        }
        if !caller.has(tool.scope()) {
            let draft = self.tool_draft(caller, tool, AuditOutcome::Denied);
            self.audit(caller.tenant, draft.fact("reason", "insufficient_scope"))
                .await?;
            return Err(Fault::InsufficientScope {
                scope: tool.scope(),
            });
        }
        let wallet = match subject {
            Subject::Wallet(wallet) => Some(self.known_wallet(caller, tool, wallet).await?),
            Subject::None | Subject::Label(_) => None,
        };
        let label = match subject {
            Subject::Label(label) => Some(label),
            _ => wallet.as_ref().map(|wallet| &wallet.label),
        };
        let decision = {
            let set = self.policies(caller.tenant).await?;
            let mut facts = Facts::new(self.now(), caller, tool);
            facts.wallet = label;
            facts.freeze = freeze_of(wallet.as_deref());
            let mut rates = self.rates.lock().map_err(|_| poisoned())?;
            admit(&set, &facts, &mut rates)
        };
        self.record(caller, tool, wallet.as_deref(), &decision)
            .await?;
        if decision.is_deny() {
            return Err(Fault::Denied {
                decision: Box::new(decision),
            });
        }
        Ok(wallet)
    }

    /// A wallet that is not there is an answer too, and it is audited.
    async fn known_wallet(
        &self,
        caller: &Caller,
        tool: Tool,
        wallet: &WalletRef,
    ) -> Result<Arc<Wallet>, Fault> {
        let found = self.wallet(caller.tenant, wallet).await;
        if let Err(Fault::NotFound { .. }) = &found {
            let draft = self.tool_draft(caller, tool, AuditOutcome::Failed);
            self.audit(caller.tenant, draft.fact("reason", "not_found"))
                .await?;
        }
        found
    }

    /// The entry of an admission. A payment that is let in has its entry in the transaction that
    /// reserves; everything else has it here.
    async fn record(
        &self,
        caller: &Caller,
        tool: Tool,
        wallet: Option<&Wallet>,
        decision: &Decision,
    ) -> Result<(), Fault> {
        let outcome = match decision.outcome {
            Outcome::Deny => AuditOutcome::Denied,
            Outcome::Allow | Outcome::NeedsApproval(_) if tool.class() >= ToolClass::S2 => {
                return Ok(());
            }
            Outcome::Allow | Outcome::NeedsApproval(_) => AuditOutcome::Allowed,
        };
        let mut draft = self.tool_draft(caller, tool, outcome);
        draft.wallet = wallet.map(|wallet| wallet.id);
        draft.policy_version = Some(decision.policy_version.to_string());
        for reason in &decision.reasons {
            draft = draft.fact("reason", reason.code);
        }
        self.audit(caller.tenant, draft).await
    }

    pub(crate) fn tool_draft(&self, caller: &Caller, tool: Tool, outcome: AuditOutcome) -> Draft {
        let mut draft = self.draft(caller, Action::ToolCalled, outcome);
        draft.tool = Some(tool.name().to_owned());
        draft
    }
}

/// The kill switches as policy sees them.
pub(crate) fn freeze_of(wallet: Option<&Wallet>) -> Freeze {
    let reason = wallet.and_then(|wallet| match &wallet.state {
        WalletState::Active | WalletState::Resumed { .. } => None,
        WalletState::Frozen { reason, .. } | WalletState::Halted { reason, .. } => {
            Some(reason.clone())
        }
        WalletState::Restored { .. } => Some("it came out of a backup".to_owned()),
        WalletState::Detached { .. } => Some("its resource was deleted".to_owned()),
    });
    Freeze {
        platform: false,
        tenant: false,
        wallet: reason,
    }
}

fn poisoned() -> Fault {
    Fault::Internal {
        reference: "rates".to_owned(),
    }
}
