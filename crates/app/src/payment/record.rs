//! What a judged payment leaves on record: the intent, its reservation, the question to a person,
//! the audit entry.

use std::collections::BTreeMap;

use secrecy::SecretString;
use vaultpilot_audit::{Action, Draft, Outcome as AuditOutcome};
use vaultpilot_core::{
    ApprovalId, Asset, BaseUnits, Caller, Effect, IntentId, RequestId, Timestamp, Wallet, clock,
};
use vaultpilot_intent::{Digest, Intent, IntentState};
use vaultpilot_policy::{Decision, Outcome};
use vaultpilot_ports::control_plane::TransferRequest;
use vaultpilot_ports::store::{Approval, ApprovalState, Reservation};

use crate::api_key::one_time_code;
use crate::judge::Case;
use crate::plan::Plan;
use crate::{App, view};

/// A question to a person, with the code that only the person may see.
pub(super) struct Asked {
    pub approval: ApprovalId,
    pub expires_at: Timestamp,
    pub code: Option<SecretString>,
}

impl App {
    /// What is recorded, and what a person is asked, if one is.
    pub(super) fn intent_of(
        &self,
        case: &Case<'_>,
        request: &TransferRequest,
        request_id: &RequestId,
        decision: &Decision,
    ) -> (Intent, Option<Asked>) {
        let plan = case.plan;
        let version = decision.policy_version.to_string();
        let (state, asked) = self.first_state(decision, case.now);
        let intent = Intent {
            id: IntentId::new(self.clock.as_ref(), self.entropy.as_ref()),
            tenant: case.caller.tenant,
            wallet: case.wallet.id,
            from: case.wallet.address,
            request_id: request_id.clone(),
            tool: case.tool,
            requester: case.caller.kind.clone(),
            requester_ip: case.caller.ip,
            call: plan.call.clone(),
            effects: plan.effects.clone(),
            decimals: plan.decimals,
            fees: plan.fees,
            request_digest: plan.request_digest,
            action_digest: Digest::of_action(plan.request_digest, request_id, &version),
            policy_version: version,
            memo: request.memo.clone(),
            created_at: case.now,
            state,
        };
        (intent, asked)
    }

    pub(super) fn approval_of(&self, intent: &Intent, wallet: &Wallet, asked: &Asked) -> Approval {
        let digest = intent.action_digest;
        let code = asked.code.as_ref();
        Approval {
            id: asked.approval,
            intent: intent.id,
            digest,
            requester: intent.requester.clone(),
            summary: view::summary(intent, wallet),
            code: code.map(|code| self.hash_code(asked.approval, digest, code)),
            created_at: intent.created_at,
            expires_at: asked.expires_at,
            state: ApprovalState::Waiting { failed_codes: 0 },
        }
    }

    fn first_state(&self, decision: &Decision, now: Timestamp) -> (IntentState, Option<Asked>) {
        match &decision.outcome {
            Outcome::Deny => (IntentState::Denied { at: now }, None),
            Outcome::Allow => (IntentState::Authorized { at: now }, None),
            Outcome::NeedsApproval(terms) => {
                let approval = ApprovalId::new(self.clock.as_ref(), self.entropy.as_ref());
                let expires_at = clock::after(now, terms.ttl);
                let code = terms.code.then(|| one_time_code(self.entropy.as_ref()));
                let state = IntentState::AwaitingApproval {
                    approval,
                    expires_at,
                };
                (
                    state,
                    Some(Asked {
                        approval,
                        expires_at,
                        code,
                    }),
                )
            }
        }
    }

    pub(super) fn decided(&self, caller: &Caller, intent: &Intent, decision: &Decision) -> Draft {
        let mut draft = self.about(caller, Action::IntentDecided, intent);
        draft.outcome = match decision.outcome {
            Outcome::Allow => AuditOutcome::Allowed,
            Outcome::NeedsApproval(_) => AuditOutcome::NeedsApproval,
            Outcome::Deny => AuditOutcome::Denied,
        };
        for reason in &decision.reasons {
            draft = draft.fact("reason", reason.code);
        }
        for rule in &decision.matched_rules {
            draft = draft.fact("rule", format!("{}/{}", rule.policy, rule.rule));
        }
        draft
    }

    /// An entry about an intent.
    pub(crate) fn about(&self, caller: &Caller, action: Action, intent: &Intent) -> Draft {
        let mut draft = self.draft(caller, action, AuditOutcome::Succeeded);
        draft.tool = Some(intent.tool.name().to_owned());
        draft.wallet = Some(intent.wallet);
        draft.intent = Some(intent.id);
        draft.digest = Some(intent.action_digest.to_string());
        draft.policy_version = Some(intent.policy_version.clone());
        draft
    }
}

/// Every outflow, summed by asset, and the most gas can cost.
pub(super) fn reservation(intent: &Intent, caller: &Caller, plan: &Plan) -> Reservation {
    let mut amounts: BTreeMap<Asset, BaseUnits> = BTreeMap::new();
    for effect in &intent.effects {
        if let Effect::Outflow { asset, amount, .. } = effect {
            let sum = amounts.entry(*asset).or_default();
            *sum = sum.saturating_add(*amount);
        }
    }
    Reservation {
        intent: intent.id,
        wallet: intent.wallet,
        agent: caller.name().to_owned(),
        chain: intent.call.chain,
        at: intent.created_at,
        amounts,
        gas: plan.max_gas_cost,
    }
}
