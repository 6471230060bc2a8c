//! Domain objects as callers see them.

use vaultpilot_audit::Entry;
use vaultpilot_core::{CallerKind, Token, Wallet, WalletState};
use vaultpilot_intent::{Intent, IntentState, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::chain::ChainView;
use vaultpilot_ports::control_plane::{
    ApprovalView, EventView, PaymentStatus, PaymentView, TransactionView, TxView, WalletView,
};
use vaultpilot_ports::store::{Approval, ApprovalState};

pub(crate) fn wallet(wallet: &Wallet) -> WalletView {
    let (state, state_reason) = match &wallet.state {
        WalletState::Active | WalletState::Resumed { .. } => ("active", None),
        WalletState::Frozen { reason, .. } => ("frozen", Some(reason.clone())),
        WalletState::Halted { reason, .. } => ("halted", Some(reason.clone())),
        WalletState::Restored { .. } => (
            "restored",
            Some("it came out of a backup; reconcile it with its chains".to_owned()),
        ),
        WalletState::Detached { .. } => (
            "detached",
            Some("its resource was deleted; its key is kept".to_owned()),
        ),
    };
    WalletView {
        id: wallet.id.to_string(),
        label: wallet.label.to_string(),
        address: wallet.address.to_checksum(None),
        chains: wallet.chains.iter().map(ToString::to_string).collect(),
        state: state.to_owned(),
        state_reason,
        created_at: wallet.created_at.to_string(),
    }
}

pub(crate) fn requester(kind: &CallerKind) -> String {
    match kind {
        CallerKind::Agent { name, .. } | CallerKind::Person { name, .. } => name.to_string(),
        CallerKind::Strategy { name, .. } => format!("strategy {name}"),
        CallerKind::System => "system".to_owned(),
    }
}

pub(crate) const fn status(state: StateName) -> PaymentStatus {
    match state {
        StateName::Denied | StateName::Rejected | StateName::Expired => PaymentStatus::Denied,
        StateName::AwaitingApproval => PaymentStatus::PendingApproval,
        StateName::Authorized | StateName::Signed | StateName::Broadcast | StateName::Confirmed => {
            PaymentStatus::Submitted
        }
        StateName::Ambiguous => PaymentStatus::Ambiguous,
        StateName::Final => PaymentStatus::Executed,
        StateName::Cancelled | StateName::Refused | StateName::Reverted | StateName::Dropped => {
            PaymentStatus::Failed
        }
    }
}

/// What happened, and what to do next, in one sentence.
fn message(intent: &Intent, decision: &Decision) -> String {
    let id = intent.id;
    match &intent.state {
        IntentState::Denied { .. } => {
            format!(
                "{}; to try again later, use a new request_id",
                decision.headline()
            )
        }
        IntentState::AwaitingApproval {
            approval,
            expires_at,
        } => format!(
            "a person must approve {approval} before {expires_at}; follow it with get_approval"
        ),
        IntentState::Rejected { .. } => "a person rejected it; nothing was spent".to_owned(),
        IntentState::Expired { .. } => {
            "nobody approved it in time (approval_expired); nothing was spent".to_owned()
        }
        IntentState::Cancelled { .. } => "withdrawn before it was signed".to_owned(),
        IntentState::Authorized { .. } => {
            format!("allowed and reserved; follow it with wait_for_transaction {id}")
        }
        IntentState::Refused {
            refusal: vaultpilot_intent::Refusal::Restored,
            ..
        } => "not signed (restored): the house came out of a backup, and it may have been paid after \
              that was taken; look at the chain before paying again"
            .to_owned(),
        IntentState::Refused { refusal, .. } => {
            format!(
                "allowed, but not signed ({}); nothing was spent",
                refusal.code()
            )
        }
        IntentState::Signed { .. } | IntentState::Broadcast { .. } => {
            format!("on its way; follow it with wait_for_transaction {id}")
        }
        IntentState::Ambiguous { .. } => format!(
            "nobody can say yet whether it arrived; it stays reserved and is followed; do not pay \
             again, ask get_transaction {id}"
        ),
        IntentState::Confirmed { confirmations, .. } => {
            format!(
                "in a block, {confirmations} confirmations; follow it with get_transaction {id}"
            )
        }
        IntentState::Final { .. } => "done: in a final block".to_owned(),
        IntentState::Reverted { .. } => "it reverted on the chain: only gas was spent".to_owned(),
        IntentState::Dropped { .. } => {
            "its nonce was used by another transaction: it can never happen; the wallet is halted"
                .to_owned()
        }
    }
}

pub(crate) fn payment(
    intent: &Intent,
    decision: Decision,
    transaction: TransactionView,
    asked: Option<&Approval>,
) -> PaymentView {
    PaymentView {
        status: status(intent.state.name()),
        request_id: Some(intent.request_id.to_string()),
        transaction_id: Some(intent.id.to_string()),
        action_digest: intent.action_digest.to_string(),
        message: message(intent, &decision),
        decision,
        transaction: Some(transaction),
        approval: asked.map(approval),
        simulation: None,
        duplicate_of: None,
    }
}

pub(crate) fn transaction(
    intent: &Intent,
    wallet: &Wallet,
    chain: Option<&ChainView>,
) -> TransactionView {
    let state = intent.state.name();
    let (asset, amount, to) = match intent.outflow() {
        Some((asset, amount, to)) => (asset.token, amount, to),
        None => (Token::Native, intent.call.value, intent.call.to),
    };
    TransactionView {
        id: intent.id.to_string(),
        request_id: intent.request_id.to_string(),
        state: state.as_str().to_owned(),
        status: status(state),
        reason: reason(&intent.state),
        wallet: wallet.label.to_string(),
        from: intent.from.to_checksum(None),
        to: to.to_checksum(None),
        chain: intent.call.chain.to_string(),
        asset: asset.to_string(),
        amount: amount.format(intent.decimals),
        amount_raw: amount.to_string(),
        memo: intent.memo.clone(),
        requested_by: requester(&intent.requester),
        tx: tx(&intent.state, chain),
        created_at: intent.created_at.to_string(),
    }
}

fn reason(state: &IntentState) -> Option<String> {
    use vaultpilot_intent::Refusal;
    match state {
        IntentState::Refused { refusal, .. } => Some(match refusal {
            Refusal::SimulationFailed { detail } | Refusal::SimulationMismatch { detail } => {
                format!("{}: {detail}", refusal.code())
            }
            Refusal::GasAboveReservation
            | Refusal::PolicyChanged
            | Refusal::Frozen
            | Refusal::Restored => refusal.code().to_owned(),
        }),
        _ => None,
    }
}

fn tx(state: &IntentState, chain: Option<&ChainView>) -> Option<TxView> {
    let tx = state.tx()?;
    let receipt = state.receipt();
    let explorer = chain.and_then(|chain| chain.explorer.as_ref());
    Some(TxView {
        hash: tx.hash.to_string(),
        nonce: tx.nonce,
        block: receipt.map(|receipt| receipt.block_number),
        confirmations: match state {
            IntentState::Confirmed { confirmations, .. } => Some(*confirmations),
            _ => None,
        },
        gas_paid: receipt.map(|receipt| receipt.gas_paid().to_base_units().format(18)),
        explorer_url: explorer.map(|url| url.replace("{tx}", &tx.hash.to_string())),
    })
}

pub(crate) fn approval(approval: &Approval) -> ApprovalView {
    let decided_by = match &approval.state {
        ApprovalState::Approved { by, .. } | ApprovalState::Rejected { by, .. } => {
            Some(requester(by))
        }
        _ => None,
    };
    let waiting = matches!(approval.state, ApprovalState::Waiting { .. });
    let code = if approval.code.is_some() {
        " --code <code>"
    } else {
        ""
    };
    ApprovalView {
        id: approval.id.to_string(),
        transaction_id: approval.intent.to_string(),
        state: approval.state.name().to_owned(),
        summary: approval.summary.clone(),
        action_digest: approval.digest.to_string(),
        requested_by: requester(&approval.requester),
        decided_by,
        code_required: approval.code.is_some(),
        created_at: approval.created_at.to_string(),
        expires_at: approval.expires_at.to_string(),
        how: waiting.then(|| format!("vaultpilot approval approve {}{code}", approval.id)),
    }
}

/// What a person is asked about, in one line.
pub(crate) fn summary(intent: &Intent, wallet: &Wallet) -> String {
    let who = requester(&intent.requester);
    match intent.outflow() {
        Some((asset, amount, to)) => format!(
            "{who} wants to send {} {} from {} to {} on {}",
            amount.format(intent.decimals),
            asset.token,
            wallet.label,
            to.to_checksum(None),
            asset.chain,
        ),
        None => format!(
            "{who} wants to call {} from {}",
            intent.call.to, wallet.label
        ),
    }
}

pub(crate) fn event(entry: Entry) -> EventView {
    let draft = entry.draft;
    EventView {
        id: draft.id.to_string(),
        seq: entry.seq,
        at: draft.at.to_string(),
        action: draft.action.as_str().to_owned(),
        actor: match &draft.actor {
            vaultpilot_audit::Actor::Agent { name, .. }
            | vaultpilot_audit::Actor::Person { name, .. } => name.clone(),
            vaultpilot_audit::Actor::Strategy { name, .. } => format!("strategy {name}"),
            vaultpilot_audit::Actor::System => "system".to_owned(),
            vaultpilot_audit::Actor::Unknown => "unknown".to_owned(),
        },
        outcome: draft.outcome.as_str().to_owned(),
        tool: draft.tool,
        wallet_id: draft.wallet.map(|id| id.to_string()),
        transaction_id: draft.intent.map(|id| id.to_string()),
        facts: draft.facts,
        hash: entry.hash.to_string(),
    }
}
