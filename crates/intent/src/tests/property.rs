//! The intent machine under any sequence of events.

use alloy_primitives::{B256, Bytes};
use proptest::prelude::*;
use vaultpilot_core::{Timestamp, Wei};

use crate::{Answer, Command, Event, Fees, IntentState, Receipt, Refusal, SignedTx, step};

fn tx(nonce: u64) -> SignedTx {
    let fees = Fees {
        gas_limit: 21_000,
        max_fee_per_gas: Wei(10),
        max_priority_fee_per_gas: Wei(1),
    };
    let raw = Bytes::from(nonce.to_be_bytes().to_vec());
    SignedTx {
        nonce,
        fees,
        hash: B256::repeat_byte(7),
        raw,
        signed_at: Timestamp::UNIX_EPOCH,
    }
}

fn receipt(block_number: u64, succeeded: bool) -> Receipt {
    Receipt {
        block_number,
        block_hash: B256::ZERO,
        succeeded,
        gas_used: 21_000,
        effective_gas_price: Wei(2),
    }
}

fn event() -> impl Strategy<Value = Event> {
    let at = Timestamp::UNIX_EPOCH;
    let answers = prop_oneof![
        Just(Answer::Accepted),
        Just(Answer::AlreadyKnown),
        Just(Answer::NonceTooLow),
        Just(Answer::Underpriced),
        Just(Answer::Rejected),
        Just(Answer::Unclear),
    ];
    prop_oneof![
        Just(Event::Approved { at }),
        Just(Event::Rejected { at }),
        Just(Event::Expired { at }),
        Just(Event::Cancelled { at }),
        prop_oneof![Just(Refusal::PolicyChanged), Just(Refusal::Restored)]
            .prop_map(move |refusal| Event::Refused { at, refusal }),
        (0u64..3).prop_map(|nonce| Event::Signed { tx: tx(nonce) }),
        answers.prop_map(move |answer| Event::Answered { at, answer }),
        (1u64..5, 0u64..8, 1u64..4, any::<bool>()).prop_map(|(block, head, required, ok)| {
            Event::Included {
                receipt: receipt(block, ok),
                head,
                required,
            }
        }),
        Just(Event::Missing { at }),
        Just(Event::NonceTaken { at }),
    ]
}

/// What a reservation would look like if the driver obeyed every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Money {
    Held,
    Committed,
    Released,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn money_follows_the_state(
        approval in any::<bool>(),
        events in prop::collection::vec(event(), 0..24),
    ) {
        let at = Timestamp::UNIX_EPOCH;
        let mut state = if approval {
            let approval = "apr_01HZX3J9QK8B3V6T2N4M5P7R9S".parse().unwrap();
            IntentState::AwaitingApproval { approval, expires_at: at }
        } else {
            IntentState::Authorized { at }
        };
        let mut money = Money::Held;
        let mut signed: Option<SignedTx> = None;
        for event in events {
            let before = state.clone();
            let Ok((next, commands)) = step(state, event) else {
                state = before;
                continue;
            };
            prop_assert!(!before.name().is_terminal(), "a terminal state moved: {before:?}");
            for command in commands {
                match command {
                    Command::Commit { .. } => money = Money::Committed,
                    Command::Release => {
                        prop_assert_eq!(money, Money::Held, "released what was spent");
                        money = Money::Released;
                    }
                    Command::Reserve => money = Money::Held,
                    Command::Broadcast { tx } => {
                        let known = signed.get_or_insert_with(|| tx.clone());
                        prop_assert_eq!(&*known, &tx, "two transactions for one intent");
                    }
                    Command::Execute | Command::Follow | Command::HaltWallet => {}
                }
            }
            // Nothing signed is ever released unless its nonce was proven taken.
            if let (Some(_), Money::Released) = (&signed, money) {
                let dropped = matches!(next, IntentState::Dropped { .. });
                prop_assert!(dropped, "released while signed: {:?}", next);
            }
            if let Some(tx) = next.tx() {
                prop_assert_eq!(signed.as_ref(), Some(tx));
            }
            let expected = match &next {
                IntentState::Confirmed { .. } | IntentState::Final { .. }
                | IntentState::Reverted { .. } => Money::Committed,
                other if other.name().is_terminal() => Money::Released,
                _ => Money::Held,
            };
            prop_assert_eq!(money, expected, "{:?}", next);
            state = next;
        }
    }

    /// A payment that a restore refused is over, whatever is still heard of it; one that was signed
    /// before is never refused.
    #[test]
    fn a_restore_refuses_what_is_unsigned_for_good(
        before in prop::collection::vec(event(), 0..8),
        after in prop::collection::vec(event(), 0..8),
    ) {
        let at = Timestamp::UNIX_EPOCH;
        let restored = || Event::Refused { at, refusal: Refusal::Restored };
        let mut state = IntentState::Authorized { at };
        for event in before {
            state = step(state.clone(), event).map_or(state, |(next, _)| next);
        }
        match step(state.clone(), restored()) {
            Ok((refused, commands)) => {
                prop_assert!(state.tx().is_none(), "signed, and refused: {state:?}");
                prop_assert_eq!(commands, vec![Command::Release]);
                for event in after.into_iter().chain([restored()]) {
                    prop_assert!(step(refused.clone(), event).is_err());
                }
            }
            Err(_) => prop_assert!(state.tx().is_some() || state.name().is_terminal()),
        }
    }

    #[test]
    fn states_survive_serialisation(block in 1u64..9, ok in any::<bool>()) {
        let state = IntentState::Final { tx: tx(block), receipt: receipt(block, ok) };
        let text = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<IntentState>(&text).unwrap(), state);
    }
}

#[test]
fn nodes_say_it_differently() {
    for (message, answer) in [
        ("already known", Answer::AlreadyKnown),
        ("transaction already imported", Answer::AlreadyKnown),
        (
            "nonce too low: next nonce 5, tx nonce 4",
            Answer::NonceTooLow,
        ),
        ("replacement transaction underpriced", Answer::Underpriced),
        (
            "Insufficient funds for gas * price + value",
            Answer::Rejected,
        ),
        ("max fee per gas less than block base fee", Answer::Rejected),
        ("upstream connect error", Answer::Unclear),
        ("", Answer::Unclear),
    ] {
        assert_eq!(crate::answer::classify(message), answer, "{message}");
    }
}
