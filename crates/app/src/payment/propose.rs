//! A payment is proposed: looked up, judged, reserved and recorded in one transaction.

use std::collections::BTreeMap;

use vaultpilot_audit::{Action, Draft, Outcome as AuditOutcome};
use vaultpilot_core::{
    ApprovalId, Asset, BaseUnits, Caller, Effect, IntentId, RequestId, Timestamp, Tool, Wallet,
    clock,
};
use vaultpilot_intent::{Digest, Intent, IntentState};
use vaultpilot_policy::{Decision, Outcome, PolicySet, Reason, ReasonCode, duplicate_window};
use vaultpilot_ports::control_plane::{PaymentStatus, PaymentView, TransferRequest};
use vaultpilot_ports::store::{Approval, ApprovalState, Reservation};
use vaultpilot_ports::{Fault, Notice, Tx};

use crate::admit::Subject;
use crate::api_key::one_time_code;
use crate::error::OrFault;
use crate::failpoint::failpoint;
use crate::feed::Moved;
use crate::judge::{Case, judge};
use crate::plan::Plan;
use crate::{App, view};

/// The longest memo kept.
const MAX_MEMO: usize = 200;

impl App {
    pub(crate) async fn payment_propose(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        if request.dry_run {
            return self.payment_simulate(caller, request).await;
        }
        let Some(request_id) = &request.request_id else {
            return Err(Fault::invalid(
                "request_id_missing",
                "request_id",
                "request_id is required",
            ));
        };
        if request
            .memo
            .as_ref()
            .is_some_and(|memo| memo.chars().count() > MAX_MEMO)
        {
            let message = format!("memo has more than {MAX_MEMO} characters");
            return Err(Fault::invalid("memo_too_long", "memo", message));
        }
        let wallet = self
            .enter(caller, Tool::Transfer, Subject::Wallet(&request.wallet))
            .await?;
        let wallet = wallet.ok_or_else(|| Fault::not_found("wallet", &request.wallet))?;
        let plan = self.plan(&wallet, request).await?;
        let moved = self.feed.subscribe();
        match self
            .record_payment(caller, &wallet, &plan, request, request_id)
            .await?
        {
            Recorded::Held(view) => Ok(*view),
            Recorded::Earlier(id) | Recorded::Now(id) => {
                self.payment_follow(caller, id, moved).await
            }
        }
    }

    async fn record_payment(
        &self,
        caller: &Caller,
        wallet: &Wallet,
        plan: &Plan,
        request: &TransferRequest,
        request_id: &RequestId,
    ) -> Result<Recorded, Fault> {
        let set = self
            .snapshots
            .judging(self.store.as_ref(), caller.tenant)
            .await?;
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let now = self.now();
        if let Some((earlier, _)) = tx.intent_find(request_id).await.fault()? {
            return if earlier.request_digest == plan.request_digest {
                Ok(Recorded::Earlier(earlier.id))
            } else {
                Err(Fault::conflict(
                    "request_conflict",
                    format!(
                        "request_id {request_id} already names another payment, {}",
                        earlier.id
                    ),
                ))
            };
        }
        let stored = tx.wallet_fetch(wallet.id).await.fault()?;
        let stored = stored.ok_or_else(|| Fault::not_found("wallet", &wallet.label))?;
        let case = Case {
            now,
            caller,
            tool: Tool::Transfer,
            wallet: &stored,
            plan,
            approval: None,
        };
        if let Some(earlier) = alike(tx.as_mut(), &set, &case, request).await? {
            return self
                .hold_duplicate(caller, tx, &set, &case, request_id, earlier)
                .await;
        }
        let decision = judge(tx.as_mut(), &set, &case).await?;
        failpoint!("after_policy");
        let (intent, asked) = self.intent_of(&case, request, request_id, &decision);
        tx.intent_insert(&intent, &decision).await.fault()?;
        let mut drafts = vec![self.decided(caller, &intent, &decision)];
        if !decision.is_deny() {
            tx.reservation_insert(&reservation(&intent, caller, plan))
                .await
                .fault()?;
        }
        let mut notice = None;
        if let Some(asked) = asked {
            let approval = self.approval_of(&intent, &stored, &asked);
            tx.approval_insert(&approval).await.fault()?;
            drafts.push(self.about(caller, Action::ApprovalRequested, &intent));
            notice = Some(Notice::ApprovalRequested {
                at: now,
                approval: approval.id,
                summary: approval.summary,
                expires_at: asked.expires_at,
                code: asked.code,
            });
        }
        tx.audit_append(drafts).await.fault()?;
        failpoint!("audit_before_commit");
        tx.commit().await.fault()?;
        failpoint!("after_reserve_commit");
        drop(set);
        if let Some(notice) = notice {
            self.notifier.notify(notice).await;
        }
        let state = intent.state.name();
        self.feed.tell(Moved {
            tenant: caller.tenant,
            intent: intent.id,
            state,
        });
        Ok(Recorded::Now(intent.id))
    }

    /// What is recorded, and what a person is asked, if one is.
    fn intent_of(
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

    fn approval_of(&self, intent: &Intent, wallet: &Wallet, asked: &Asked) -> Approval {
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

    /// The same payment was made moments ago: held back, audited, not recorded under this id.
    async fn hold_duplicate(
        &self,
        caller: &Caller,
        mut tx: Box<dyn Tx>,
        set: &PolicySet,
        case: &Case<'_>,
        request_id: &RequestId,
        earlier: IntentId,
    ) -> Result<Recorded, Fault> {
        let message = format!(
            "the same payment was made moments ago as {earlier}; if a second one is meant, repeat \
             with confirm_duplicate_of = {earlier}"
        );
        let decision = Decision {
            outcome: Outcome::Deny,
            policy_version: set.version(),
            matched_rules: Vec::new(),
            reasons: vec![Reason::new(ReasonCode::DuplicateSuspected, message.clone())],
        };
        let version = decision.policy_version.to_string();
        let digest = Digest::of_action(case.plan.request_digest, request_id, &version);
        let mut draft = self.draft(caller, Action::IntentDecided, AuditOutcome::Denied);
        draft.tool = Some(case.tool.name().to_owned());
        draft.wallet = Some(case.wallet.id);
        draft.intent = Some(earlier);
        draft.digest = Some(digest.to_string());
        draft.policy_version = Some(version);
        let draft = draft.fact("reason", ReasonCode::DuplicateSuspected);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        Ok(Recorded::Held(Box::new(PaymentView {
            status: PaymentStatus::Denied,
            request_id: Some(request_id.to_string()),
            transaction_id: None,
            action_digest: digest.to_string(),
            message,
            decision,
            transaction: None,
            approval: None,
            simulation: None,
            duplicate_of: Some(earlier.to_string()),
        })))
    }

    fn decided(&self, caller: &Caller, intent: &Intent, decision: &Decision) -> Draft {
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

enum Recorded {
    Now(IntentId),
    Earlier(IntentId),
    Held(Box<PaymentView>),
}

struct Asked {
    approval: ApprovalId,
    expires_at: Timestamp,
    code: Option<secrecy::SecretString>,
}

/// The recent payment this one looks like, unless the caller knows and says so.
async fn alike(
    tx: &mut dyn Tx,
    set: &PolicySet,
    case: &Case<'_>,
    request: &TransferRequest,
) -> Result<Option<IntentId>, Fault> {
    let Some(window) = duplicate_window(set, Some(&case.wallet.label), case.caller.name()) else {
        return Ok(None);
    };
    let since = clock::before(case.now, window);
    let alike = tx
        .intent_find_alike(case.wallet.id, case.plan.request_digest, since)
        .await;
    Ok(alike
        .fault()?
        .filter(|earlier| request.confirm_duplicate_of != Some(*earlier)))
}

fn reservation(intent: &Intent, caller: &Caller, plan: &Plan) -> Reservation {
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
