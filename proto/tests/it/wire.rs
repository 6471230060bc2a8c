//! What is written can be read again, and what could not have been written is refused.

use std::time::Duration;

use proptest::prelude::*;
use vaultpilot_core::{Address, Asset, Caller, ChainId, Role, Scope, Timestamp, Token};
use vaultpilot_policy::{ApprovalTerms, Approvers, Decision, Outcome, Reason, ReasonCode, RuleRef};
use vaultpilot_ports::control_plane::{PolicyView, TransferRequest};
use vaultpilot_ports::resource_plane::Release;
use vaultpilot_proto::{Wire, WireError, pb};
use vaultpilot_strategy::{
    ApprovalRule, Body, CatchUp, FailurePolicy, Gates, Limits, Payment, Schedule, Spec, When,
};
use vaultpilot_testkit::fixture;

/// Through bytes, as on the wire.
fn round<T: Clone, P: Wire<T> + vaultpilot_proto::prost::Message + Default>(
    value: &T,
) -> Result<T, WireError> {
    let bytes = P::write(value.clone()).encode_to_vec();
    P::decode(bytes.as_slice()).unwrap().read()
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    let range = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    (range, 0..1_000_000_000i32)
        .prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap_or(Timestamp::MAX))
}

fn address() -> impl Strategy<Value = Address> {
    any::<[u8; 20]>().prop_map(Address::from)
}

fn token() -> impl Strategy<Value = Token> {
    prop_oneof![Just(Token::Native), address().prop_map(Token::Erc20)]
}

fn chain() -> impl Strategy<Value = ChainId> {
    (1..u64::MAX).prop_map(ChainId::eip155)
}

fn text() -> impl Strategy<Value = String> {
    ".{0,40}"
}

fn maybe<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(of)
}

fn reason() -> impl Strategy<Value = Reason> {
    let code = proptest::sample::select(ReasonCode::ALL.to_vec());
    let asset = (chain(), token()).prop_map(|(chain, token)| Asset { chain, token });
    let texts = [(); 5].map(|()| maybe(text()));
    (
        code,
        text(),
        maybe(asset),
        texts,
        maybe(timestamp()),
        any::<bool>(),
    )
        .prop_map(|(code, message, asset, texts, resets_at, retryable)| {
            let [limit, used, requested, remaining, would_pass] = texts;
            Reason {
                policy: Some("guard".parse().unwrap()),
                rule: Some("tools.deny".to_owned()),
                asset,
                limit,
                used,
                requested,
                remaining,
                would_pass,
                resets_at,
                retryable,
                ..Reason::new(code, message)
            }
        })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let names = proptest::collection::btree_set(text(), 0..3);
    let of = proptest::collection::btree_set(names, 0..3);
    let terms = (any::<u32>(), of, any::<u32>(), any::<bool>());
    prop_oneof![
        Just(Outcome::Allow),
        Just(Outcome::Deny),
        terms.prop_map(|(quorum, of, seconds, code)| {
            Outcome::NeedsApproval(ApprovalTerms {
                quorum,
                of: Approvers(of),
                ttl: Duration::from_secs(u64::from(seconds)),
                code,
                policy: "guard".parse().unwrap(),
            })
        }),
    ]
}

fn decision() -> impl Strategy<Value = Decision> {
    let reasons = proptest::collection::vec(reason(), 0..4);
    (outcome(), reasons, "[0-9a-f]{16}").prop_map(|(outcome, reasons, version)| Decision {
        outcome,
        policy_version: version.parse().unwrap(),
        matched_rules: vec![RuleRef {
            policy: "guard".parse().unwrap(),
            rule: "assets[0]".to_owned(),
        }],
        reasons,
    })
}

fn transfer() -> impl Strategy<Value = TransferRequest> {
    let request_id = maybe("[A-Za-z0-9._:-]{16,64}");
    let parts = (
        chain(),
        address(),
        token(),
        text(),
        request_id,
        any::<bool>(),
    );
    (parts, maybe(text())).prop_map(|((chain, to, token, amount, id, dry_run), memo)| {
        TransferRequest {
            wallet: "treasury".parse().unwrap(),
            chain,
            to,
            token,
            amount,
            request_id: id.map(|id| id.parse().unwrap()),
            dry_run,
            memo,
            confirm_duplicate_of: None,
        }
    })
}

fn spec() -> impl Strategy<Value = Spec> {
    let payment = (chain(), address(), token(), text(), maybe(text())).prop_map(
        |(chain, to, token, amount, memo)| Payment {
            chain,
            to,
            token,
            amount,
            memo,
        },
    );
    let body = (payment, any::<bool>()).prop_map(|(payment, once)| {
        if once {
            Body::ScheduledSend(payment)
        } else {
            Body::RecurringTransfer(payment)
        }
    });
    let span = any::<u32>().prop_map(|seconds| Duration::from_secs(u64::from(seconds)));
    let when = prop_oneof![
        text().prop_map(When::Cron),
        span.clone().prop_map(When::Interval),
        timestamp().prop_map(When::At),
    ];
    let schedule = (
        when,
        maybe(timestamp()),
        maybe(timestamp()),
        span,
        any::<bool>(),
    )
        .prop_map(|(when, start_at, end_at, jitter, once)| Schedule {
            when,
            time_zone: "Europe/Berlin".to_owned(),
            start_at,
            end_at,
            jitter,
            catch_up: if once {
                CatchUp::RunOnce
            } else {
                CatchUp::Skip
            },
        });
    let approval = prop_oneof![
        Just(ApprovalRule::Never),
        Just(ApprovalRule::FirstRun),
        Just(ApprovalRule::EveryRun),
        text().prop_map(|amount| ApprovalRule::AboveAmount { amount }),
    ];
    let failure = prop_oneof![
        Just(FailurePolicy::Continue),
        any::<u32>().prop_map(|failures| FailurePolicy::SuspendAfter { failures }),
    ];
    let limits = (
        maybe(text()),
        maybe(text()),
        maybe(text()),
        maybe(any::<u64>()),
    )
        .prop_map(|(max_per_run, max_per_day, max_total, max_runs)| Limits {
            max_per_run,
            max_per_day,
            max_total,
            max_runs,
        });
    let gates = (maybe(text()), maybe(text())).prop_map(|(fee, balance)| Gates {
        max_base_fee_gwei: fee,
        min_wallet_balance: balance,
    });
    (
        body,
        schedule,
        limits,
        gates,
        approval,
        failure,
        any::<(bool, u32)>(),
    )
        .prop_map(
            |(body, schedule, limits, gates, approval, failure, (dry_run, run_history_limit))| {
                Spec {
                    body,
                    schedule,
                    limits,
                    gates,
                    approval,
                    failure,
                    dry_run,
                    run_history_limit,
                }
            },
        )
}

proptest! {
    #[test]
    fn instants(value in timestamp()) {
        prop_assert_eq!(round::<_, vaultpilot_proto::prost_types::Timestamp>(&value), Ok(value));
    }

    #[test]
    fn decisions(value in decision()) {
        prop_assert_eq!(round::<_, pb::Decision>(&value), Ok(value));
    }

    #[test]
    fn transfers(value in transfer()) {
        prop_assert_eq!(round::<_, pb::Transfer>(&value), Ok(value));
    }

    #[test]
    fn strategies(value in spec()) {
        prop_assert_eq!(round::<_, pb::StrategySpec>(&value), Ok(value));
    }
}

#[test]
fn callers_of_every_kind() {
    let tenant = fixture::tenant().build().id;
    let agent = fixture::agent("bot").with_scopes(&Scope::ALL).build();
    let person = fixture::person("owner").with_role(Role::Owner).build();
    let strategy = Caller {
        kind: vaultpilot_core::CallerKind::Strategy {
            id: fixture::strategy_id(),
            name: "rent".parse().unwrap(),
        },
        ip: Some("2001:db8::1".parse().unwrap()),
        ..Caller::system(tenant)
    };
    for caller in [agent, person, strategy, Caller::system(tenant)] {
        assert_eq!(round::<_, pb::Caller>(&caller), Ok(caller));
    }
}

#[test]
fn policies_travel_as_documents() {
    let document = serde_json::to_value(fixture::policy("guard").document).unwrap();
    let view = PolicyView {
        wallet: "treasury".to_owned(),
        policy_version: "v1".to_owned(),
        policies: vec![document],
        tools: vec!["transfer".to_owned()],
    };
    assert_eq!(round::<_, pb::PolicyOfWallet>(&view), Ok(view));
}

#[test]
fn releases() {
    let blocked = Release::Blocked {
        reason: "TransactionPending".to_owned(),
        by: vec!["txn_1".to_owned()],
        message: "1 transaction is under way".to_owned(),
    };
    for release in [Release::Done, blocked] {
        assert_eq!(round::<_, pb::Release>(&release), Ok(release));
    }
}

fn told<T>(read: Result<T, WireError>) -> String {
    match read {
        Ok(_) => "it was read".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_cannot_be_is_refused_by_its_name() {
    let good = pb::Transfer::write(TransferRequest {
        wallet: "treasury".parse().unwrap(),
        chain: fixture::CHAIN,
        to: Address::ZERO,
        token: Token::Native,
        amount: "1".to_owned(),
        request_id: None,
        dry_run: false,
        memo: None,
        confirm_duplicate_of: None,
    });
    let to = "0x70997970c51812Dc3A010C7d01b50e0d17dc79C8";
    let bad = pb::Transfer {
        to: to.to_owned(),
        ..good.clone()
    };
    assert!(told::<TransferRequest>(bad.read()).starts_with("to: "));
    let bad = pb::Transfer {
        chain: "bip122:1".to_owned(),
        ..good
    };
    assert!(told::<TransferRequest>(bad.read()).starts_with("chain: "));

    let caller = pb::Caller::write(fixture::agent("bot").build());
    let nobody = pb::Caller {
        kind: None,
        ..caller.clone()
    };
    assert_eq!(told::<Caller>(nobody.read()), "kind: is missing");
    let roleless = pb::Caller {
        role: 0,
        ..caller.clone()
    };
    assert_eq!(told::<Caller>(roleless.read()), "role: is not given");
    let stranger = pb::Caller { role: 99, ..caller };
    assert_eq!(told::<Caller>(stranger.read()), "role: 99 is not known");

    assert_eq!(
        told::<Decision>(pb::Decision::default().read()),
        "policy_version: policy version is not 16 hexadecimal digits"
    );
    assert_eq!(
        told::<Release>(pb::Release::default().read()),
        "release: is missing"
    );
    // Limits make a strategy tighter: one that lost them on the way must not run without.
    let spec = pb::StrategySpec {
        limits: None,
        ..pb::StrategySpec::write(
            fixture::strategy(&fixture::wallet().build(), "rent")
                .build()
                .spec,
        )
    };
    assert_eq!(told::<Spec>(spec.read()), "limits: is missing");
}
