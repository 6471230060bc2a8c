use std::time::Duration;

use proptest::prelude::*;
use tonic::{Code, Status};
use vaultpilot_core::Scope;
use vaultpilot_policy::{Decision, Outcome, Reason, ReasonCode, RuleRef};
use vaultpilot_ports::Fault;

use super::{
    CONTEXT_OVER, CONTROL_PLANE_UNAVAILABLE, WORKLOAD_REFUSED, context_over, from_status,
    to_status, workload_refused,
};

fn denial(reasons: Vec<Reason>) -> Fault {
    Fault::Denied {
        decision: Box::new(Decision {
            outcome: Outcome::Deny,
            policy_version: "0123456789abcdef".parse().unwrap(),
            matched_rules: vec![RuleRef {
                policy: "guard".parse().unwrap(),
                rule: "assets[0].perTx".to_owned(),
            }],
            reasons,
        }),
    }
}

/// One of each, so that a new variant has to be thought of here.
fn every() -> Vec<(Fault, Code)> {
    let unavailable = Fault::Unavailable {
        code: "store_unavailable".to_owned(),
        message: "the store is away".to_owned(),
        retry_after: Duration::from_millis(1500),
    };
    let faults = vec![
        (Fault::Unauthenticated, Code::Unauthenticated),
        (
            Fault::InsufficientScope {
                scope: Scope::TxExecute,
            },
            Code::PermissionDenied,
        ),
        (Fault::Forbidden, Code::PermissionDenied),
        (
            denial(vec![Reason::new(ReasonCode::Frozen, "frozen".to_owned())]),
            Code::PermissionDenied,
        ),
        (Fault::not_found("wallet", "spending"), Code::NotFound),
        (
            Fault::invalid("amount_empty", "amount", "amount is empty"),
            Code::InvalidArgument,
        ),
        (
            Fault::conflict("lease_lost", "somebody else has it"),
            Code::FailedPrecondition,
        ),
        (unavailable, Code::Unavailable),
        (
            Fault::Internal {
                reference: "ref-1".to_owned(),
            },
            Code::Internal,
        ),
    ];
    for (fault, _) in &faults {
        match fault {
            Fault::Unauthenticated
            | Fault::InsufficientScope { .. }
            | Fault::Forbidden
            | Fault::Denied { .. }
            | Fault::NotFound { .. }
            | Fault::Invalid { .. }
            | Fault::Conflict { .. }
            | Fault::Unavailable { .. }
            | Fault::Internal { .. } => {}
        }
    }
    faults
}

#[test]
fn every_fault_comes_back_as_it_was() {
    for (fault, code) in every() {
        let status = to_status(&fault);
        assert_eq!(status.code(), code, "{fault:?}");
        assert_eq!(from_status(&status), fault);
    }
}

#[test]
fn a_long_denial_keeps_every_reason() {
    let reason = |code: &ReasonCode| Reason::new(*code, "x".repeat(500));
    let fault = denial(ReasonCode::ALL.iter().map(reason).collect());
    assert_eq!(from_status(&to_status(&fault)), fault);
}

#[test]
fn the_way_there_is_told_from_the_judgement() {
    for status in [
        Status::unavailable("tcp connect error"),
        Status::cancelled("Timeout expired"),
        Status::deadline_exceeded("late"),
        Status::unknown("h2 protocol error"),
        Status::unauthenticated("a proxy in between"),
    ] {
        let fault = from_status(&status);
        assert_eq!(fault.code(), CONTROL_PLANE_UNAVAILABLE, "{status:?}");
        assert!(fault.is_retryable());
    }
    let fault = from_status(&Status::unimplemented("no such method"));
    assert_eq!(fault.code(), "internal");
    assert_eq!(from_status(&context_over()).code(), CONTEXT_OVER);
    assert_eq!(from_status(&workload_refused()).code(), WORKLOAD_REFUSED);
}

#[test]
fn a_status_of_ours_without_its_facts_is_no_permission() {
    let details = tonic_types::ErrorDetails::with_error_info(
        "denied",
        super::DOMAIN,
        super::Facts::from([("fault".to_owned(), "denied".to_owned())]),
    );
    let status = <Status as tonic_types::StatusExt>::with_error_details(Code::Ok, "fine", details);
    assert_eq!(from_status(&status).code(), "internal");
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let text = ".{0,80}";
    prop_oneof![
        (text, text).prop_map(|(what, name)| Fault::NotFound { what, name }),
        ("[a-z_]{1,30}", text, text).prop_map(|(code, field, message)| Fault::Invalid {
            code,
            field,
            message
        }),
        ("[a-z_]{1,30}", text).prop_map(|(code, message)| Fault::Conflict { code, message }),
        ("[a-z_]{1,30}", text, 0..1_000_000u64, 0..1_000_000_000u32).prop_map(
            |(code, message, seconds, nanos)| Fault::Unavailable {
                // The two codes of this layer are answered by it alone.
                code: format!("store_{code}"),
                message,
                retry_after: Duration::new(seconds, nanos),
            }
        ),
        text.prop_map(|reference| Fault::Internal { reference }),
    ]
}

proptest! {
    #[test]
    fn any_fault_comes_back(fault in any_fault()) {
        prop_assert_eq!(from_status(&to_status(&fault)), fault);
    }
}
