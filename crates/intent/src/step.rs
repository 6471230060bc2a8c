//! The transitions. Whatever is not written here does not happen.

use vaultpilot_core::{Timestamp, Wei};

use crate::{Answer, IntentState, Receipt, Refusal, SignedTx, StateName};

/// What happened in the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A person said yes, and policy, judged again, did too.
    Approved { at: Timestamp },
    /// A person said no.
    Rejected { at: Timestamp },
    /// The approval's time is over.
    Expired { at: Timestamp },
    /// The requester or a person withdrew it.
    Cancelled { at: Timestamp },
    /// The executor would not sign.
    Refused { at: Timestamp, refusal: Refusal },
    /// The executor signed; nonce and bytes are being stored with this very step.
    Signed { tx: SignedTx },
    /// A node answered a broadcast.
    Answered { at: Timestamp, answer: Answer },
    /// The chain has it.
    Included {
        receipt: Receipt,
        head: u64,
        required: u64,
    },
    /// The chain does not have it (any more).
    Missing { at: Timestamp },
    /// A finalized account nonce is past ours and no node has a receipt for our hash.
    NonceTaken { at: Timestamp },
}

/// What the driver must do in the same unit of work (reservations) or after it (the rest).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Wake the executor: simulate and sign.
    Execute,
    /// Send these bytes, the same ones every time.
    Broadcast { tx: SignedTx },
    /// Look for the receipt.
    Follow,
    /// Turn the reservation into what was really spent: all outflows or none, and this much gas.
    Commit { spent: bool, gas: Wei },
    /// Give the reservation back.
    Release,
    /// Undo a commit: the block it stood in is gone.
    Reserve,
    /// Stop signing for this wallet until a person has looked.
    HaltWallet,
}

/// An event that makes no sense in this state. The driver logs it and changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {} intent cannot take this event", state.as_str())]
pub struct StepError {
    pub state: StateName,
}

/// Takes the state one step. The only way any intent changes.
///
/// # Errors
/// When the event does not belong to the state.
pub fn step(state: IntentState, event: Event) -> Result<(IntentState, Vec<Command>), StepError> {
    use Event as E;
    use IntentState as S;
    Ok(match (state, event) {
        (S::AwaitingApproval { .. }, E::Approved { at }) => {
            (S::Authorized { at }, vec![Command::Execute])
        }
        (S::AwaitingApproval { .. }, E::Rejected { at }) => {
            (S::Rejected { at }, vec![Command::Release])
        }
        (S::AwaitingApproval { .. }, E::Expired { at }) => {
            (S::Expired { at }, vec![Command::Release])
        }
        (S::AwaitingApproval { .. } | S::Authorized { .. }, E::Cancelled { at }) => {
            (S::Cancelled { at }, vec![Command::Release])
        }
        (S::AwaitingApproval { .. } | S::Authorized { .. }, E::Refused { at, refusal }) => {
            (S::Refused { at, refusal }, vec![Command::Release])
        }
        (S::Authorized { .. }, E::Signed { tx }) => (
            S::Signed { tx: tx.clone() },
            vec![Command::Broadcast { tx }],
        ),
        (
            S::Signed { tx } | S::Broadcast { tx, .. } | S::Ambiguous { tx, .. },
            E::Answered { at, answer },
        ) => answered(tx, at, answer),
        (
            S::Signed { tx }
            | S::Broadcast { tx, .. }
            | S::Ambiguous { tx, .. }
            | S::Confirmed { tx, .. },
            E::Included {
                receipt,
                head,
                required,
            },
        ) => included(tx, receipt, head, required),
        (S::Confirmed { tx, .. }, E::Missing { at }) => {
            // Reorganised away: its budget counts as reserved again and the same bytes go out.
            let commands = vec![Command::Reserve, Command::Broadcast { tx: tx.clone() }];
            (S::Broadcast { tx, at }, commands)
        }
        (
            S::Signed { tx } | S::Broadcast { tx, .. } | S::Ambiguous { tx, .. },
            E::Missing { at },
        ) => {
            let resend = vec![Command::Broadcast { tx: tx.clone() }];
            (
                S::Ambiguous {
                    tx,
                    since: at,
                    answer: Answer::Unclear,
                },
                resend,
            )
        }
        (
            S::Signed { tx } | S::Broadcast { tx, .. } | S::Ambiguous { tx, .. },
            E::NonceTaken { at },
        ) => (
            S::Dropped { tx, at },
            vec![Command::Release, Command::HaltWallet],
        ),
        (state, _) => {
            return Err(StepError {
                state: state.name(),
            });
        }
    })
}

fn answered(tx: SignedTx, at: Timestamp, answer: Answer) -> (IntentState, Vec<Command>) {
    match answer {
        Answer::Accepted | Answer::AlreadyKnown => {
            (IntentState::Broadcast { tx, at }, vec![Command::Follow])
        }
        Answer::NonceTooLow | Answer::Underpriced | Answer::Rejected | Answer::Unclear => (
            IntentState::Ambiguous {
                tx,
                since: at,
                answer,
            },
            vec![Command::Follow],
        ),
    }
}

fn included(
    tx: SignedTx,
    receipt: Receipt,
    head: u64,
    required: u64,
) -> (IntentState, Vec<Command>) {
    let commit = Command::Commit {
        spent: receipt.succeeded,
        gas: receipt.gas_paid(),
    };
    let confirmations = receipt.confirmations(head);
    if confirmations < required {
        return (
            IntentState::Confirmed {
                tx,
                receipt,
                confirmations,
            },
            vec![commit, Command::Follow],
        );
    }
    let state = if receipt.succeeded {
        IntentState::Final { tx, receipt }
    } else {
        IntentState::Reverted { tx, receipt }
    };
    (state, vec![commit])
}
