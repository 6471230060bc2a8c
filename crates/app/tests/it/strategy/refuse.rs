//! Policy, people and freezes say no, and what follows from it.

use secrecy::SecretString;
use vaultpilot_app::{ApprovalAnswer, DecideApproval};
use vaultpilot_audit::{Action, Actor, Outcome};
use vaultpilot_core::{ApprovalId, BaseUnits, Duration, WalletState};
use vaultpilot_ports::Store;
use vaultpilot_ports::control_plane::{ApprovalQuery, PaymentView};
use vaultpilot_ports::strategy_plane::RunStatus;
use vaultpilot_strategy::{ApprovalRule, FailurePolicy};
use vaultpilot_testkit::fixture::{label, milli_eth, recurring, second};

use super::{
    HOUR, apply, drive, finish, hourly, lease, next, next_hour, received, runs, shown, story,
};
use crate::house::{GUARD, House, treasury};

async fn asked(house: &House) -> ApprovalId {
    let waiting = ApprovalQuery {
        waiting_only: true,
        ..ApprovalQuery::default()
    };
    let listed = house
        .app
        .person_approvals(&house.owner, &waiting)
        .await
        .unwrap();
    assert_eq!(listed.items.len(), 1);
    assert_eq!(listed.items[0].requested_by, "strategy payroll");
    listed.items[0].id.parse().unwrap()
}

async fn answer(house: &House, answer: ApprovalAnswer) -> PaymentView {
    let approval = asked(house).await;
    let decided = house
        .app
        .approval_decide(&house.owner, &DecideApproval { approval, answer })
        .await;
    decided.unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_policy_denies_is_not_paid_and_counts_as_failure() {
    let house = House::new().await;
    house.execute();
    let mut spec = recurring("1.5", hourly().schedule.when);
    spec.failure = FailurePolicy::SuspendAfter { failures: 2 };
    spec.limits.max_total = Some("9".to_owned());
    apply(&house, spec.clone()).await;
    let denied = next_hour(&house).await;
    assert_eq!(
        (denied[0].status, denied[0].code.as_deref()),
        (RunStatus::Denied, Some("per_tx_limit"))
    );
    let view = shown(&house).await;
    assert_eq!(
        (view.state.as_str(), view.denied, view.spent_total.as_str()),
        ("active", 1, "0")
    );
    next_hour(&house).await;
    let view = shown(&house).await;
    assert_eq!(
        (view.state.as_str(), view.code.as_deref()),
        ("suspended", Some("failures"))
    );
    assert_eq!(view.consecutive_failures, 2);
    assert!(next_hour(&house).await.is_empty() && next(&house).await.is_none());

    // Applied as it is, it goes on resting; edited, it goes on.
    assert_eq!(apply(&house, spec.clone()).await.state, "suspended");
    spec.body = hourly().body;
    let edited = apply(&house, spec).await;
    assert_eq!(
        (edited.state.as_str(), edited.consecutive_failures),
        ("active", 0)
    );
    finish(&house, &next_hour(&house).await[0]).await;
    assert_eq!(received(&house), milli_eth(250));

    let entries = house.audit().await;
    let told = |action, outcome| {
        let of = |entry: &&vaultpilot_audit::Entry| {
            entry.draft.action == action && entry.draft.outcome == outcome
        };
        entries.iter().filter(of).count()
    };
    assert_eq!(told(Action::StrategyApplied, Outcome::Succeeded), 2);
    assert_eq!(told(Action::StrategyRunBegan, Outcome::Succeeded), 3);
    assert_eq!(told(Action::StrategyRunEnded, Outcome::Denied), 2);
    assert_eq!(told(Action::StrategySuspended, Outcome::Succeeded), 1);
    let decided: Vec<_> = entries
        .iter()
        .filter(|entry| entry.draft.action == Action::IntentDecided)
        .collect();
    assert_eq!(decided.len(), 3);
    for entry in decided {
        let strategy =
            matches!(&entry.draft.actor, Actor::Strategy { name, .. } if name == "payroll");
        assert!(strategy, "{:?}", entry.draft.actor);
    }
}

#[tokio::test(start_paused = true)]
async fn policy_knows_it_by_its_name() {
    let house = House::new().await;
    house
        .apply(&GUARD.replace("agents: [\"*\"]", "agents: [\"trader\"]"))
        .await;
    apply(&house, hourly()).await;
    let denied = next_hour(&house).await;
    assert_eq!(
        (denied[0].status, denied[0].code.as_deref()),
        (RunStatus::Denied, Some("tool_not_allowed"))
    );
    house
        .apply(&GUARD.replace("agents: [\"*\"]", "agents: [\"payroll\"]"))
        .await;
    assert_eq!(next_hour(&house).await[0].status, RunStatus::Submitted);
}

#[tokio::test(start_paused = true)]
async fn a_frozen_or_detached_wallet_pays_nothing() {
    let house = House::new().await;
    house.execute();
    apply(&house, hourly()).await;
    let frozen = house
        .app
        .person_wallet_freeze(&house.owner, &treasury(), "incident")
        .await;
    frozen.unwrap();
    let denied = next_hour(&house).await;
    assert_eq!(
        (denied[0].status, denied[0].code.as_deref()),
        (RunStatus::Denied, Some("frozen"))
    );
    let wallet = house.wallet("treasury").await;
    let mut tx = house.store.begin(house.tenant).await.unwrap();
    let detached = WalletState::Detached {
        at: second(0),
        was: Box::new(WalletState::Active),
    };
    tx.wallet_update(wallet.id, &detached).await.unwrap();
    tx.commit().await.unwrap();
    let denied = next_hour(&house).await;
    assert_eq!(denied[0].status, RunStatus::Denied);
    assert_eq!(
        (house.payments().await, received(&house)),
        (0, BaseUnits::ZERO)
    );
}

#[tokio::test(start_paused = true)]
async fn suspended_between_lease_and_trigger_it_pays_nothing() {
    let house = House::new().await;
    apply(&house, hourly()).await;
    house.clock.advance(HOUR);
    let tick = lease(&house.app, &house, "one").await.remove(0);
    let name = label("payroll");
    let rested = house
        .app
        .person_strategy_suspend(&house.owner, &name, "holidays")
        .await
        .unwrap();
    assert_eq!(
        (rested.state.as_str(), rested.reason.as_deref()),
        ("suspended", Some("holidays"))
    );
    let run = vaultpilot_ports::StrategyPlane::strategy_run(
        house.app.as_ref(),
        house.tenant,
        "one",
        tick.run,
        tick.epoch,
    );
    assert_eq!(run.await.unwrap().code.as_deref(), Some("suspended"));
    assert!(next_hour(&house).await.is_empty());
    // What was not wanted is not made up for.
    house.clock.advance(HOUR / 2);
    house
        .app
        .person_strategy_resume(&house.owner, &name)
        .await
        .unwrap();
    assert_eq!(next(&house).await, Some(second(3 * 3600)));
    assert_eq!(house.payments().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_person_is_asked_before_every_run_and_later_ticks_wait() {
    let house = House::new().await;
    house.execute();
    let mut spec = hourly();
    spec.approval = ApprovalRule::EveryRun;
    apply(&house, spec).await;
    let waits = next_hour(&house).await;
    assert_eq!(waits[0].status, RunStatus::PendingApproval);
    assert!(next_hour(&house).await.is_empty());
    assert_eq!(
        story(&house).await,
        ["pending_approval", "skipped (overlap)"]
    );
    house.settle().await;
    assert_eq!(received(&house), BaseUnits::ZERO, "nobody said yes");

    answer(&house, ApprovalAnswer::Approve { code: None }).await;
    finish(&house, &waits[0]).await;
    assert_eq!(received(&house), milli_eth(250));
    let waits = next_hour(&house).await;
    assert_eq!(waits[0].status, RunStatus::PendingApproval);
    let reason = Some("not this month".to_owned());
    answer(&house, ApprovalAnswer::Reject { reason }).await;
    drive(&house).await;
    assert_eq!(
        story(&house).await,
        [
            "paid",
            "skipped (overlap)",
            "not_approved (approval_rejected)"
        ]
    );
    let view = shown(&house).await;
    assert_eq!((view.failed, view.spent_total.as_str()), (1, "0.25"));
}

#[tokio::test(start_paused = true)]
async fn a_yes_is_for_what_was_asked_and_policy_is_asked_again() {
    let house = House::new().await;
    house.execute();
    let mut spec = hourly();
    spec.approval = ApprovalRule::EveryRun;
    apply(&house, spec).await;
    next_hour(&house).await;
    house
        .apply(&GUARD.replace("perTx: \"1\"", "perTx: \"0.1\""))
        .await;
    answer(&house, ApprovalAnswer::Approve { code: None }).await;
    drive(&house).await;
    assert_eq!(story(&house).await, ["denied (policy_changed)"]);
    assert_eq!(received(&house), BaseUnits::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_first_payment_is_asked_for_and_the_first_after_an_edit() {
    let house = House::new().await;
    house.execute();
    let mut spec = hourly();
    spec.approval = ApprovalRule::FirstRun;
    apply(&house, spec.clone()).await;
    for told in [RunStatus::PendingApproval, RunStatus::Submitted] {
        let run = next_hour(&house).await;
        assert_eq!(run[0].status, told);
        if told == RunStatus::PendingApproval {
            answer(&house, ApprovalAnswer::Approve { code: None }).await;
        }
        finish(&house, &run[0]).await;
    }
    spec.body = recurring("0.3", spec.schedule.when.clone()).body;
    apply(&house, spec).await;
    assert_eq!(
        next_hour(&house).await[0].status,
        RunStatus::PendingApproval
    );
}

#[tokio::test(start_paused = true)]
async fn above_an_amount_and_above_the_policys_band_a_person_is_asked() {
    let house = House::new().await;
    let mut spec = hourly();
    for (above, told) in [
        ("0.25", RunStatus::Submitted),
        ("0.2", RunStatus::PendingApproval),
    ] {
        spec.approval = ApprovalRule::AboveAmount {
            amount: above.to_owned(),
        };
        apply(&house, spec.clone()).await;
        house.clock.advance(HOUR);
        // What is not signed yet holds the next one back: let it go.
        for run in runs(&house).await {
            if let Some(id) = run.transaction_id {
                let id = id.parse().unwrap();
                house.app.person_cancel(&house.owner, &id).await.unwrap();
            }
        }
        assert_eq!(drive(&house).await[0].status, told);
    }
    // Policy's own question has policy's own terms.
    let house = House::new().await;
    apply(&house, recurring("0.6", hourly().schedule.when)).await;
    let waits = next_hour(&house).await;
    assert_eq!(waits[0].status, RunStatus::PendingApproval);
    let code = house.notices.last_code().unwrap();
    house.execute();
    let code = Some(SecretString::from(code));
    answer(&house, ApprovalAnswer::Approve { code }).await;
    finish(&house, &waits[0]).await;
    assert_eq!(received(&house), milli_eth(600));
}

#[tokio::test(start_paused = true)]
async fn nobody_answers_and_the_question_expires() {
    let house = House::new().await;
    let mut spec = hourly();
    spec.approval = ApprovalRule::EveryRun;
    spec.failure = FailurePolicy::SuspendAfter { failures: 1 };
    apply(&house, spec).await;
    next_hour(&house).await;
    house.clock.advance(Duration::from_hours(24));
    house.tick().await;
    drive(&house).await;
    assert_eq!(story(&house).await[0], "not_approved (approval_expired)");
    assert_eq!(shown(&house).await.state, "suspended");
}
