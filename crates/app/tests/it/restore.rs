//! A house that came out of a backup: nothing is signed until a person has seen what the chains say,
//! and nothing that may have been paid is paid again.

use vaultpilot_app::ChainStanding;
use vaultpilot_audit::Action;
use vaultpilot_core::{Address, BaseUnits, Role, Wallet, WalletState};
use vaultpilot_intent::StateName;
use vaultpilot_ports::control_plane::{PaymentStatus, TransactionRef};
use vaultpilot_ports::store::{ApprovalState, Page};
use vaultpilot_ports::{ChainError, ControlPlane, Fault, Store};
use vaultpilot_testkit::chain::Ask;
use vaultpilot_testkit::fixture::{CHAIN, address, milli_eth, second};

use crate::house::{House, SHOP, code, id, payment, treasury};

/// What a restore does to every wallet, inside its own transaction.
async fn restore(house: &House) -> Wallet {
    let wallet = house.wallet("treasury").await;
    let mut tx = house.store.begin(house.tenant).await.unwrap();
    let state = wallet.state.clone().restored(second(0));
    tx.wallet_update(wallet.id, &state).await.unwrap();
    tx.commit().await.unwrap();
    house.feed.changed(house.tenant);
    house.wallet("treasury").await
}

async fn put(house: &House, state: &WalletState) {
    let wallet = house.wallet("treasury").await;
    let mut tx = house.store.begin(house.tenant).await.unwrap();
    tx.wallet_update(wallet.id, state).await.unwrap();
    tx.commit().await.unwrap();
    house.feed.changed(house.tenant);
}

fn shop() -> Address {
    address(SHOP)
}

/// The record of what a person acknowledged says how much that was.
async fn is_audited(house: &House) {
    let entries = house.audit().await;
    let entry = entries
        .iter()
        .find(|it| it.draft.action == Action::WalletReconciled)
        .unwrap();
    for fact in [
        ("unknown_transactions", "1"),
        ("refused", "1"),
        ("followed", "0"),
    ] {
        let fact = (fact.0.to_owned(), fact.1.to_owned());
        assert!(entry.draft.facts.contains(&fact), "{:?}", entry.draft.facts);
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_paid_is_never_paid_again() {
    let house = House::new().await;
    let view = house.pay(&payment("0.1")).await;
    assert_eq!(view.status, PaymentStatus::Submitted);
    let wallet = restore(&house).await;
    // It was paid after the backup was taken: the chain has it, the database does not.
    house.chain.take_nonce(wallet.address);
    house.execute();
    house.settle().await;
    let (intent, _) = house.intent(id(&view)).await;
    assert_eq!(
        intent.state.name(),
        StateName::Authorized,
        "it waits for a person"
    );
    assert_eq!(
        code(house.app.transfer(&house.trader, &payment("0.2")).await),
        "frozen"
    );

    // No other way leads round it.
    let thawed = house
        .app
        .person_wallet_thaw(&house.owner, &treasury())
        .await;
    assert_eq!(code(thawed), "wallet_restored");
    house
        .app
        .person_wallet_freeze(&house.owner, &treasury(), "odd")
        .await
        .unwrap();
    let thawed = house
        .app
        .person_wallet_thaw(&house.owner, &treasury())
        .await;
    assert_eq!(code(thawed), "wallet_restored");
    put(&house, &wallet.state).await;

    let seen = house
        .app
        .person_reconcile_look(&house.owner, None)
        .await
        .unwrap();
    let [seen] = <[_; 1]>::try_from(seen.wallets).unwrap();
    assert_eq!(
        (seen.was.as_str(), seen.state.as_str()),
        ("active", "restored")
    );
    assert_eq!((seen.unknown_transactions, seen.acknowledged), (1, false));
    assert_eq!(seen.chains[0].standing, ChainStanding::Ahead);
    assert_eq!(
        (seen.chains[0].database, seen.chains[0].latest),
        (0, Some(1))
    );
    assert_eq!(seen.refused[0].id, id(&view).to_string());
    assert!(seen.followed.is_empty());
    assert_eq!(
        house.wallet("treasury").await,
        wallet,
        "looking changes nothing"
    );

    for role in [Role::Agent, Role::Viewer, Role::Approver] {
        let caller = house.caller(&format!("who-{}", role as u8), role).await;
        let refused = house.app.person_reconcile(&caller, None).await;
        assert_eq!(refused.unwrap_err(), Fault::Forbidden);
    }
    let done = house
        .app
        .person_reconcile(&house.owner, Some(&treasury()))
        .await
        .unwrap();
    assert!(done.wallets[0].acknowledged);
    house.settle().await;
    let told = house
        .app
        .transaction(&house.trader, &TransactionRef::Id(id(&view)))
        .await
        .unwrap();
    assert_eq!(
        (told.state.as_str(), told.reason.as_deref()),
        ("refused", Some("restored"))
    );
    assert_eq!(house.reserved().await, BaseUnits::ZERO);
    assert!(house.keys.signed().is_empty() && house.chain.broadcasts().is_empty());
    assert_eq!(house.balance(shop()), BaseUnits::ZERO);
    let state = house.wallet("treasury").await.state;
    assert!(matches!(state, WalletState::Resumed { chains, .. } if chains == [CHAIN]));

    is_audited(&house).await;

    // What is paid now begins where the chain is.
    let next = house.pay(&payment("0.3")).await;
    let next = house.finish(id(&next)).await;
    assert_eq!(next.state.tx().unwrap().nonce, 1);
    assert_eq!(house.balance(shop()), milli_eth(300));
    assert_eq!(house.wallet("treasury").await.state, WalletState::Active);
    let again = house
        .app
        .person_reconcile(&house.owner, Some(&treasury()))
        .await;
    assert_eq!(code(again), "wallet_not_restored");
    let none = house
        .app
        .person_reconcile(&house.owner, None)
        .await
        .unwrap();
    assert!(none.wallets.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_a_person_is_withdrawn() {
    let house = House::new().await;
    let view = house.pay(&payment("0.7")).await;
    assert_eq!(view.status, PaymentStatus::PendingApproval);
    restore(&house).await;
    house
        .app
        .person_reconcile(&house.owner, None)
        .await
        .unwrap();
    let (intent, _) = house.intent(id(&view)).await;
    assert_eq!(intent.state.name(), StateName::Refused);
    let mut tx = house.store.read(house.tenant).await.unwrap();
    let approvals = tx.approval_list(false, Page::first(10)).await.unwrap();
    assert!(matches!(
        approvals[0].state,
        ApprovalState::Withdrawn { .. }
    ));
    assert_eq!(house.used().await, "0");
    // Both knew the same: it is as it was before.
    assert_eq!(house.wallet("treasury").await.state, WalletState::Active);
}

#[tokio::test(start_paused = true)]
async fn what_was_signed_is_followed_with_the_same_bytes() {
    let house = House::new().await;
    house.execute();
    let view = house.pay(&payment("0.1")).await;
    let sent = house.until(id(&view), StateName::Broadcast).await;
    restore(&house).await;
    let seen = house
        .app
        .person_reconcile_look(&house.owner, None)
        .await
        .unwrap();
    assert!(seen.wallets[0].refused.is_empty());
    assert_eq!(seen.wallets[0].followed[0].known, Some(true));
    let hash = sent.state.tx().unwrap().hash;
    assert_eq!(seen.wallets[0].followed[0].hash, Some(hash.to_string()));
    house
        .app
        .person_reconcile(&house.owner, None)
        .await
        .unwrap();
    let last = house.finish(id(&view)).await;
    assert_eq!(last.state.tx(), sent.state.tx());
    assert_eq!(house.keys.signed().len(), 1);
    assert_eq!(house.balance(shop()), milli_eth(100));
}

#[tokio::test(start_paused = true)]
async fn nobody_acknowledges_what_a_chain_does_not_tell() {
    let house = House::new().await;
    let view = house.pay(&payment("0.1")).await;
    let wallet = restore(&house).await;
    let silent = ChainError::Unreachable {
        chain: CHAIN,
        detail: "on purpose".to_owned(),
    };
    house.chain.fail(Ask::Nonces, silent);
    let seen = house
        .app
        .person_reconcile_look(&house.owner, None)
        .await
        .unwrap();
    assert_eq!(
        seen.wallets[0].chains[0].standing,
        ChainStanding::Unreachable
    );
    let refused = house.app.person_reconcile(&house.owner, None).await;
    assert_eq!(code(refused), "chain_unreachable");
    assert_eq!(house.wallet("treasury").await, wallet);
    let (intent, _) = house.intent(id(&view)).await;
    assert_eq!(intent.state.name(), StateName::Authorized);
    house.chain.heal(Ask::Nonces);
    house
        .app
        .person_reconcile(&house.owner, None)
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_wallet_comes_back_as_what_it_was() {
    let house = House::new().await;
    let frozen = WalletState::Frozen {
        reason: "odd".to_owned(),
        at: second(1),
    };
    let detached = |was| WalletState::Detached {
        at: second(1),
        was: Box::new(was),
    };
    for state in [
        frozen.clone(),
        detached(WalletState::Active),
        detached(frozen),
    ] {
        put(&house, &state).await;
        let restored = restore(&house).await;
        assert_ne!(restored.state, state);
        house
            .app
            .person_reconcile(&house.owner, None)
            .await
            .unwrap();
        assert_eq!(house.wallet("treasury").await.state, state);
    }
}
