//! A person answers. On a yes everything is judged again, by today's policies.

use secrecy::SecretString;
use vaultpilot_audit::{Action, Draft};
use vaultpilot_core::{ApprovalId, Caller, CallerKind, Permission, Role, Scope};
use vaultpilot_intent::{Digest, Event, Intent, IntentState, Refusal, step};
use vaultpilot_policy::{ApprovalTerms, Decision, GrantedApproval};
use vaultpilot_ports::control_plane::{PaymentView, TransferRequest, WalletRef};
use vaultpilot_ports::store::{Approval, ApprovalState};
use vaultpilot_ports::{Fault, Tx};

use super::allowed;
use crate::App;
use crate::error::OrFault;
use crate::feed::Moved;
use crate::judge::{Case, judge};
use crate::plan::Plan;

/// The longest reason kept.
const MAX_REASON: usize = 200;

pub enum Answer {
    Approve {
        code: Option<SecretString>,
    },
    /// With the person's words, for the audit log.
    Reject {
        reason: Option<String>,
    },
}

pub struct DecideApproval {
    pub approval: ApprovalId,
    pub answer: Answer,
}

impl App {
    /// # Errors
    /// `Forbidden` for requesters and agents, `Conflict` when it is decided or over, `Invalid` for
    /// a wrong code.
    pub async fn approval_decide(
        &self,
        caller: &Caller,
        request: &DecideApproval,
    ) -> Result<PaymentView, Fault> {
        allowed(caller, Permission::ApprovalDecide)?;
        let (approval, intent) = self.asked(caller, request.approval).await?;
        if approval.requester == caller.kind {
            return Err(Fault::conflict(
                "requester_approves",
                "nobody approves their own request",
            ));
        }
        let moved = self.feed.subscribe();
        match &request.answer {
            Answer::Reject { reason } => {
                self.reject(caller, &approval, intent, reason.as_deref())
                    .await?;
            }
            Answer::Approve { code } => {
                let plan = self.replan(caller, &intent).await?;
                self.approve(caller, &approval, code.as_ref(), &plan)
                    .await?;
            }
        }
        self.payment_follow(caller, approval.intent, moved).await
    }

    async fn asked(&self, caller: &Caller, id: ApprovalId) -> Result<(Approval, Intent), Fault> {
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let approval = tx.approval_fetch(id).await.fault()?;
        let approval = approval.ok_or_else(|| Fault::not_found("approval", id))?;
        waiting(&approval)?;
        let found = tx.intent_fetch(approval.intent).await.fault()?;
        let (intent, _) = found.ok_or_else(|| Fault::not_found("transaction", approval.intent))?;
        Ok((approval, intent))
    }

    /// Today's balances for what was asked then.
    async fn replan(&self, caller: &Caller, intent: &Intent) -> Result<Plan, Fault> {
        let wallet = self
            .wallet(caller.tenant, &WalletRef::Id(intent.wallet))
            .await?;
        let (asset, amount, to) = intent.outflow().ok_or_else(|| {
            Fault::conflict(
                "not_a_payment",
                "this request is no payment this version can release",
            )
        })?;
        let request = TransferRequest {
            wallet: WalletRef::Id(intent.wallet),
            chain: asset.chain,
            to,
            token: asset.token,
            amount: amount.format(intent.decimals),
            request_id: Some(intent.request_id.clone()),
            dry_run: false,
            memo: None,
            confirm_duplicate_of: None,
        };
        let mut plan = self.plan(&wallet, &request).await?;
        if plan.request_digest != intent.request_digest {
            return Err(Fault::conflict(
                "request_changed",
                "the request does not mean the same now",
            ));
        }
        // What was reserved then is what may be signed; nobody raises fees behind a person's back.
        plan.fees = intent.fees;
        plan.max_gas_cost = intent.fees.max_cost().unwrap_or(plan.max_gas_cost);
        Ok(plan)
    }

    async fn reject(
        &self,
        caller: &Caller,
        approval: &Approval,
        mut intent: Intent,
        reason: Option<&str>,
    ) -> Result<(), Fault> {
        let now = self.now();
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let state = ApprovalState::Rejected {
            by: caller.kind.clone(),
            at: now,
        };
        tx.approval_update(approval, &state).await.fault()?;
        let (_, decision) = stored(tx.as_mut(), approval).await?;
        let mut draft = self.about(caller, Action::ApprovalRejected, &intent);
        if let Some(reason) = reason {
            let words = reason.chars().filter(|c| !c.is_control());
            draft = draft.fact("reason", words.take(MAX_REASON).collect::<String>());
        }
        let event = Event::Rejected { at: now };
        self.end(tx, &mut intent, &decision, event, draft).await
    }

    async fn approve(
        &self,
        caller: &Caller,
        seen: &Approval,
        code: Option<&SecretString>,
        plan: &Plan,
    ) -> Result<(), Fault> {
        let now = self.now();
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let approval = tx.approval_fetch(seen.id).await.fault()?;
        let approval = approval.ok_or_else(|| Fault::not_found("approval", seen.id))?;
        let failed = waiting(&approval)?;
        if approval.expires_at <= now {
            return Err(over(&approval, "expired"));
        }
        if !self.code_fits(&approval, code) {
            return self.wrong_code(caller, tx, &approval, failed).await;
        }
        let (mut intent, _) = stored(tx.as_mut(), &approval).await?;
        let wallet = tx.wallet_fetch(intent.wallet).await.fault()?;
        let wallet = wallet.ok_or_else(|| Fault::not_found("wallet", intent.wallet))?;
        let state = ApprovalState::Approved {
            by: caller.kind.clone(),
            at: now,
        };
        tx.approval_update(&approval, &state).await.fault()?;
        let set = self
            .snapshots
            .of(tx.as_mut(), caller.tenant)
            .await
            .fault()?;
        // Its own reservation must not count against it while it is judged again.
        tx.reservation_release(intent.id).await.fault()?;
        let granted = GrantedApproval {
            id: approval.id,
            quorum: 1,
            code: approval.code.is_some(),
            by: vec![caller.name().to_owned()],
        };
        let requester = requester(&intent);
        let case = Case {
            now,
            caller: &requester,
            tool: intent.tool,
            wallet: &wallet,
            plan,
            approval: Some(&granted),
            asks: None,
        };
        let decision = judge(tx.as_mut(), &set, &case).await?;
        let draft = self.about(caller, Action::ApprovalApproved, &intent);
        if let Some(terms) = decision.approval() {
            // Nothing is changed: somebody whose yes counts may still say it.
            return Err(not_eligible(terms, caller));
        }
        if !decision.is_allow() {
            // What changed since is told by the new decision; the person's yes stays on record.
            let event = Event::Refused {
                at: now,
                refusal: Refusal::PolicyChanged,
            };
            return self.end(tx, &mut intent, &decision, event, draft).await;
        }
        tx.reservation_restore(intent.id).await.fault()?;
        intent.policy_version = decision.policy_version.to_string();
        intent.action_digest = Digest::of_action(
            intent.request_digest,
            &intent.request_id,
            &intent.policy_version,
        );
        self.end(
            tx,
            &mut intent,
            &decision,
            Event::Approved { at: now },
            draft,
        )
        .await
    }

    /// Steps the intent, writes it and its audit entry, commits, tells.
    pub(super) async fn end(
        &self,
        mut tx: Box<dyn Tx>,
        intent: &mut Intent,
        decision: &Decision,
        event: Event,
        draft: Draft,
    ) -> Result<(), Fault> {
        let from = intent.state.name();
        let (state, _) = step(intent.state.clone(), event)
            .map_err(|error| Fault::conflict("not_waiting", error.to_string()))?;
        intent.state = state;
        if intent.state.name().is_terminal() {
            tx.reservation_release(intent.id).await.fault()?;
        }
        tx.intent_update(from, intent, decision).await.fault()?;
        let state = intent.state.name();
        tx.audit_append(vec![draft.fact("state", state.as_str())])
            .await
            .fault()?;
        tx.commit().await.fault()?;
        self.feed.tell(Moved {
            tenant: intent.tenant,
            intent: intent.id,
            state,
        });
        Ok(())
    }
}

pub(super) async fn stored(
    tx: &mut dyn Tx,
    approval: &Approval,
) -> Result<(Intent, Decision), Fault> {
    let found = tx.intent_fetch(approval.intent).await.fault()?;
    let (intent, decision) =
        found.ok_or_else(|| Fault::not_found("transaction", approval.intent))?;
    match intent.state {
        IntentState::AwaitingApproval { .. } => Ok((intent, decision)),
        _ => Err(over(approval, intent.state.name().as_str())),
    }
}

/// How many wrong codes a waiting approval has seen.
fn waiting(approval: &Approval) -> Result<u32, Fault> {
    match approval.state {
        ApprovalState::Waiting { failed_codes } => Ok(failed_codes),
        _ => Err(over(approval, approval.state.name())),
    }
}

fn over(approval: &Approval, state: &str) -> Fault {
    Fault::conflict(
        "approval_over",
        format!("{} is {state} already", approval.id),
    )
}

/// The requester, as judged again.
fn requester(intent: &Intent) -> Caller {
    Caller {
        tenant: intent.tenant,
        kind: intent.requester.clone(),
        role: match intent.requester {
            // A strategy pays as an agent does, on nobody's behalf.
            CallerKind::Agent { .. } | CallerKind::Strategy { .. } => Role::Agent,
            CallerKind::Person { .. } | CallerKind::System => Role::Viewer,
        },
        scopes: Scope::ALL.to_vec(),
        ip: intent.requester_ip,
    }
}

/// Policy asks for somebody else, for more people, or for a code that was not asked for then.
fn not_eligible(terms: &ApprovalTerms, caller: &Caller) -> Fault {
    let lists = terms.of.0.iter().map(|names| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        format!("one of {}", names.join(", "))
    });
    let who = lists.collect::<Vec<_>>().join(" and ");
    let who = if who.is_empty() {
        "people".to_owned()
    } else {
        who
    };
    let message = format!(
        "policy {} wants {} of {who}{} to agree; {} alone is not enough",
        terms.policy,
        terms.quorum,
        if terms.code { ", with a code," } else { "" },
        caller.name(),
    );
    Fault::conflict("approver_not_eligible", message)
}
