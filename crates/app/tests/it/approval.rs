//! The band in which a person is asked.

use secrecy::SecretString;
use vaultpilot_app::{ApprovalAnswer, DecideApproval};
use vaultpilot_core::{ApprovalId, BaseUnits, Caller, Duration, Role};
use vaultpilot_intent::StateName;
use vaultpilot_ports::control_plane::{ApprovalQuery, ListQuery, PaymentStatus, PaymentView};
use vaultpilot_ports::{ControlPlane, Fault};
use vaultpilot_testkit::fixture::{address, milli_eth};

use crate::house::{GUARD, House, SHOP, code, id, payment, state};

fn asked(view: &PaymentView) -> ApprovalId {
    view.approval.as_ref().unwrap().id.parse().unwrap()
}

async fn approve(
    house: &House,
    caller: &Caller,
    approval: ApprovalId,
    code: Option<&str>,
) -> Result<PaymentView, Fault> {
    let code = code.map(|code| SecretString::from(code.to_owned()));
    let answer = ApprovalAnswer::Approve { code };
    house
        .app
        .approval_decide(caller, &DecideApproval { approval, answer })
        .await
}

async fn standing(house: &House, approval: ApprovalId) -> String {
    house
        .app
        .person_approval(&house.owner, approval)
        .await
        .unwrap()
        .state
}

/// A payment that waits, its approval and its code.
async fn waiting(house: &House) -> (PaymentView, ApprovalId, String) {
    let view = house.pay(&payment("0.6")).await;
    let approval = asked(&view);
    (view, approval, house.notices.last_code().unwrap())
}

/// Six digits that are not these.
fn another(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", &code[1..])
}

#[tokio::test(start_paused = true)]
async fn above_the_band_it_waits_reserved_and_unsigned() {
    let house = House::new().await;
    house.execute();
    let (view, approval, secret) = waiting(&house).await;
    assert_eq!(
        (view.status, state(&view)),
        (PaymentStatus::PendingApproval, "awaiting_approval")
    );
    house.settle().await;
    assert_eq!(house.used().await, "0.6");
    assert!(house.keys.signed().is_empty());
    // The code leaves by the notifier only: not to the agent, not to the audit log.
    let listed = house
        .app
        .approval_list(&house.trader, &ApprovalQuery::default())
        .await
        .unwrap();
    assert_eq!(listed.items[0].id, approval.to_string());
    let told = serde_json::to_string(&(&view, &listed, house.audit().await)).unwrap();
    assert!(
        view.approval.unwrap().code_required && !told.contains(&secret),
        "{told}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_right_code_releases_it_to_the_executor() {
    let house = House::new().await;
    house.execute();
    let (view, approval, secret) = waiting(&house).await;
    let anna = house.caller("anna", Role::Approver).await;
    let released = approve(&house, &anna, approval, Some(&secret))
        .await
        .unwrap();
    assert_eq!(
        (released.status, state(&released)),
        (PaymentStatus::Submitted, "broadcast")
    );
    house.finish(id(&view)).await;
    assert_eq!(house.balance(address(SHOP)), milli_eth(600));
    assert_eq!(
        (standing(&house, approval).await, house.used().await),
        ("approved".into(), "0.6".into())
    );
    // It is good once.
    assert_eq!(
        code(approve(&house, &anna, approval, Some(&secret)).await),
        "approval_over"
    );
    assert_eq!(house.chain.broadcasts().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn five_wrong_codes_lock_it_and_release_the_budget() {
    let house = House::new().await;
    house.execute();
    let (view, approval, secret) = waiting(&house).await;
    for attempt in 1..=4 {
        let given = (attempt != 2).then(|| another(&secret));
        let fault = approve(&house, &house.owner, approval, given.as_deref())
            .await
            .unwrap_err();
        assert_eq!(fault.code(), "code_wrong");
        assert!(
            fault.to_string().contains(&format!("{} more", 5 - attempt)),
            "{fault}"
        );
    }
    assert_eq!(house.used().await, "0.6");
    let fifth = approve(&house, &house.owner, approval, Some(&another(&secret))).await;
    assert_eq!(code(fifth), "approval_locked");
    assert_eq!(standing(&house, approval).await, "locked");
    house.until(id(&view), StateName::Rejected).await;
    assert_eq!(
        (house.reserved().await, house.used().await.as_str()),
        (BaseUnits::ZERO, "0")
    );
    assert_eq!(
        code(approve(&house, &house.owner, approval, Some(&secret)).await),
        "approval_over"
    );
    house.settle().await;
    assert!(house.keys.signed().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_code_fits_only_its_own_approval() {
    let house = House::new().await;
    let (_, first, of_first) = waiting(&house).await;
    let other = house.pay(&payment("0.7")).await;
    let of_other = house.notices.last_code().unwrap();
    assert_ne!(of_first, of_other, "the seed makes two codes");
    let crossed = approve(&house, &house.owner, first, Some(&of_other)).await;
    assert_eq!(code(crossed), "code_wrong");
    assert!(
        approve(&house, &house.owner, asked(&other), Some(&of_other))
            .await
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn a_no_ends_it() {
    let house = House::new().await;
    house.execute();
    let (view, approval, secret) = waiting(&house).await;
    let decide = DecideApproval {
        approval,
        answer: ApprovalAnswer::Reject { reason: None },
    };
    let told = house
        .app
        .approval_decide(&house.owner, &decide)
        .await
        .unwrap();
    assert_eq!(
        (told.status, state(&told)),
        (PaymentStatus::Denied, "rejected")
    );
    assert_eq!(
        (house.reserved().await, house.used().await.as_str()),
        (BaseUnits::ZERO, "0")
    );
    assert_eq!(
        code(approve(&house, &house.owner, approval, Some(&secret)).await),
        "approval_over"
    );
    assert_eq!(
        house.intent(id(&view)).await.0.state.name(),
        StateName::Rejected
    );
}

#[tokio::test(start_paused = true)]
async fn nobody_approves_their_own_request() {
    let house = House::new().await;
    let own = house
        .app
        .transfer(&house.owner, &payment("0.6"))
        .await
        .unwrap();
    let secret = house.notices.last_code().unwrap();
    let alone = approve(&house, &house.owner, asked(&own), Some(&secret)).await;
    assert_eq!(code(alone), "requester_approves");
    let anna = house.caller("anna", Role::Approver).await;
    assert!(
        approve(&house, &anna, asked(&own), Some(&secret))
            .await
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn only_people_who_may_decide_decide() {
    let house = House::new().await;
    let (_, approval, secret) = waiting(&house).await;
    let viewer = house.caller("vera", Role::Viewer).await;
    let other_agent = house.caller("keeper", Role::Agent).await;
    for caller in [
        &house.trader,
        &other_agent,
        &viewer,
        &Caller::system(house.tenant),
    ] {
        assert_eq!(
            approve(&house, caller, approval, Some(&secret)).await,
            Err(Fault::Forbidden)
        );
        let reject = DecideApproval {
            approval,
            answer: ApprovalAnswer::Reject { reason: None },
        };
        assert_eq!(
            house.app.approval_decide(caller, &reject).await,
            Err(Fault::Forbidden)
        );
    }
    assert_eq!(standing(&house, approval).await, "waiting");
}

#[tokio::test(start_paused = true)]
async fn time_runs_out_and_the_budget_is_released() {
    let house = House::new().await;
    house.execute();
    let (view, approval, secret) = waiting(&house).await;
    house.clock.advance(Duration::from_secs(30 * 60 - 1));
    house.tick().await;
    assert_eq!(standing(&house, approval).await, "waiting");
    house.clock.advance(Duration::from_secs(1));
    // Over is over, also before anybody has tidied up.
    assert_eq!(
        code(approve(&house, &house.owner, approval, Some(&secret)).await),
        "approval_over"
    );
    assert_eq!(house.used().await, "0.6");
    for _ in 0..2 {
        house.tick().await;
        assert_eq!(standing(&house, approval).await, "expired");
        house.until(id(&view), StateName::Expired).await;
        assert_eq!(
            (house.reserved().await, house.used().await.as_str()),
            (BaseUnits::ZERO, "0")
        );
    }
    assert_eq!(
        code(approve(&house, &house.owner, approval, Some(&secret)).await),
        "approval_over"
    );
    house.settle().await;
    assert!(house.keys.signed().is_empty());
    let expiries = house.audit().await;
    let expiries = expiries
        .iter()
        .filter(|it| it.draft.action.as_str() == "approval.expired");
    assert_eq!(expiries.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_yes_is_judged_by_todays_policies() {
    let house = House::new().await;
    let (view, approval, secret) = waiting(&house).await;
    house
        .apply(&GUARD.replace("perTx: \"1\"", "perTx: \"0.55\""))
        .await;
    let refused = approve(&house, &house.owner, approval, Some(&secret))
        .await
        .unwrap();
    assert_eq!(
        (refused.status, state(&refused)),
        (PaymentStatus::Failed, "refused")
    );
    assert_eq!(
        refused.transaction.unwrap().reason.as_deref(),
        Some("policy_changed")
    );
    assert_eq!(refused.decision.reasons[0].code.as_str(), "per_tx_limit");
    assert_eq!(
        (house.reserved().await, house.used().await.as_str()),
        (BaseUnits::ZERO, "0")
    );
    // No executor ran until now: the decision was made here, not by its second look.
    house.execute();
    house.settle().await;
    assert_eq!(
        house.intent(id(&view)).await.0.state.name(),
        StateName::Refused
    );
    assert!(house.keys.signed().is_empty());
}

#[tokio::test(start_paused = true)]
async fn only_those_whom_policy_names_can_say_yes() {
    let house = House::new().await;
    house.execute();
    let named = "  approvals: [{ when: { amountAbove: \"0.5\" }, require: { quorum: 1, of: [alice] }, \
                 ttl: 30m, code: true }]\n";
    house.apply(&format!("{GUARD}{named}")).await;
    let (view, approval, secret) = waiting(&house).await;
    let refused = approve(&house, &house.owner, approval, Some(&secret)).await;
    let Err(Fault::Conflict { code, message }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(code, "approver_not_eligible");
    assert!(message.contains("alice"), "{message}");
    // The question still stands, the money is still held.
    assert_eq!(standing(&house, approval).await, "waiting");
    assert_eq!(house.used().await, "0.6");
    let alice = house.caller("alice", Role::Approver).await;
    approve(&house, &alice, approval, Some(&secret))
        .await
        .unwrap();
    house.finish(id(&view)).await;
    assert_eq!(house.balance(address(SHOP)), milli_eth(600));
}

#[tokio::test(start_paused = true)]
async fn policies_that_changed_and_still_allow_let_it_through() {
    let house = House::new().await;
    house.execute();
    let (view, approval, secret) = waiting(&house).await;
    house
        .apply(&GUARD.replace("perTx: \"1\"", "perTx: \"0.9\""))
        .await;
    approve(&house, &house.owner, approval, Some(&secret))
        .await
        .unwrap();
    house.finish(id(&view)).await;
    assert_eq!(house.balance(address(SHOP)), milli_eth(600));
    assert_eq!(house.used().await, "0.6");
}

#[tokio::test(start_paused = true)]
async fn its_own_reservation_does_not_count_against_it() {
    let house = House::new().await;
    house.execute();
    // 1.2 of 2 are promised; judged again, 0.6 must not be counted twice.
    let (first, approval, secret) = waiting(&house).await;
    let second = house.pay(&payment("0.8")).await;
    let of_second = house.notices.last_code().unwrap();
    approve(&house, &house.owner, approval, Some(&secret))
        .await
        .unwrap();
    approve(&house, &house.owner, asked(&second), Some(&of_second))
        .await
        .unwrap();
    house.finish(id(&first)).await;
    house.finish(id(&second)).await;
    assert_eq!(house.used().await, "1.4");
    // 0.6 are left of the day, and no more.
    assert!(house.pay(&payment("0.61")).await.decision.is_deny());
}

#[tokio::test(start_paused = true)]
async fn a_frozen_wallet_pays_nothing_a_person_agreed_to() {
    let house = House::new().await;
    let (view, approval, secret) = waiting(&house).await;
    let treasury = crate::house::treasury();
    house
        .app
        .person_wallet_freeze(&house.owner, &treasury, "stolen laptop")
        .await
        .unwrap();
    let refused = approve(&house, &house.owner, approval, Some(&secret))
        .await
        .unwrap();
    assert_eq!(state(&refused), "refused");
    assert_eq!(refused.decision.reasons[0].code.as_str(), "frozen");
    house.execute();
    house.settle().await;
    assert_eq!(
        (house.used().await.as_str(), house.keys.signed().len()),
        ("0", 0)
    );
    assert_eq!(
        house.intent(id(&view)).await.0.state.name(),
        StateName::Refused
    );
}

#[tokio::test(start_paused = true)]
async fn withdrawn_while_it_waits_it_is_over() {
    let house = House::new().await;
    let request = payment("0.6");
    let view = house.pay(&request).await;
    let secret = house.notices.last_code().unwrap();
    let name = request.request_id.unwrap();
    let gone = house
        .app
        .cancel(&house.trader, name.as_str())
        .await
        .unwrap();
    assert_eq!(state(&gone), "cancelled");
    assert_eq!(standing(&house, asked(&view)).await, "withdrawn");
    assert_eq!(
        (house.reserved().await, house.used().await.as_str()),
        (BaseUnits::ZERO, "0")
    );
    let late = approve(&house, &house.owner, asked(&view), Some(&secret)).await;
    assert_eq!(code(late), "approval_over");
    let waiting = ApprovalQuery {
        waiting_only: true,
        page: ListQuery::default(),
    };
    let listed = house
        .app
        .person_approvals(&house.owner, &waiting)
        .await
        .unwrap();
    assert!(listed.items.is_empty());
}

#[tokio::test(start_paused = true)]
async fn two_answers_at_once_are_one_answer() {
    let house = House::new().await;
    house.execute();
    let (view, approval, secret) = waiting(&house).await;
    let anna = house.caller("anna", Role::Approver).await;
    let reject = DecideApproval {
        approval,
        answer: ApprovalAnswer::Reject { reason: None },
    };
    let (yes, again, no) = tokio::join!(
        approve(&house, &house.owner, approval, Some(&secret)),
        approve(&house, &anna, approval, Some(&secret)),
        house.app.approval_decide(&anna, &reject),
    );
    let won = [yes.is_ok(), again.is_ok(), no.is_ok()];
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    house.settle().await;
    let signed = usize::from(!won[2]);
    assert_eq!(house.keys.signed().len(), signed);
    let rejected = house.intent(id(&view)).await.0.state.name() == StateName::Rejected;
    assert_eq!(rejected, won[2]);
}

#[tokio::test(start_paused = true)]
async fn with_the_chain_away_a_yes_can_be_said_later() {
    use vaultpilot_ports::ChainError;
    use vaultpilot_testkit::chain::Ask;
    use vaultpilot_testkit::fixture::CHAIN;

    let house = House::new().await;
    house.execute();
    let (view, approval, secret) = waiting(&house).await;
    let detail = "scripted".to_owned();
    house.chain.fail(
        Ask::Balance,
        ChainError::Unreachable {
            chain: CHAIN,
            detail,
        },
    );
    let fault = approve(&house, &house.owner, approval, Some(&secret))
        .await
        .unwrap_err();
    assert!(fault.is_retryable(), "{fault:?}");
    assert_eq!(
        (
            standing(&house, approval).await.as_str(),
            house.used().await.as_str()
        ),
        ("waiting", "0.6")
    );
    house.chain.heal(Ask::Balance);
    approve(&house, &house.owner, approval, Some(&secret))
        .await
        .unwrap();
    house.finish(id(&view)).await;
}
