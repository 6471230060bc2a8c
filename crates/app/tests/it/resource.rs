//! Custom resources over the real App: what they own is theirs, and no deletion touches a key.

use std::collections::BTreeSet;

use vaultpilot_app::ApplyPolicy;
use vaultpilot_core::{Caller, Managed, Quota, ResourceKind, WalletState};
use vaultpilot_intent::StateName;
use vaultpilot_policy::Document;
use vaultpilot_ports::control_plane::{CreateWallet, PaymentStatus};
use vaultpilot_ports::keys::WrappedKey;
use vaultpilot_ports::resource_plane::{PolicyWish, Release, TenantWish, WalletWish};
use vaultpilot_ports::{ControlPlane, ResourcePlane, Store};
use vaultpilot_testkit::fixture::{CHAIN, label};

use crate::house::{GUARD, House, code, id, payment, treasury};

fn resource(kind: ResourceKind, name: &str, uid: &str) -> Managed {
    let namespaced = kind != ResourceKind::Tenant;
    Managed {
        kind,
        namespace: namespaced.then(|| "vp-acme".to_owned()),
        name: name.to_owned(),
        uid: uid.to_owned(),
    }
}

fn tenant(name: &str, namespace: &str) -> TenantWish {
    TenantWish {
        by: resource(ResourceKind::Tenant, name, name),
        name: label(name),
        namespace: namespace.to_owned(),
        suspended: None,
        keys: vaultpilot_core::KeyManagement::Local,
        quota: Quota::default(),
        chains: vec![CHAIN],
    }
}

fn wallet(name: &str, uid: &str) -> WalletWish {
    WalletWish {
        by: resource(ResourceKind::Wallet, name, uid),
        tenant: label("acme"),
        name: label(name),
        chains: vec![CHAIN],
        frozen: None,
        key: vaultpilot_ports::resource_plane::WalletKeySource::Generate,
        balances: true,
    }
}

fn guard(yaml: &str) -> PolicyWish {
    PolicyWish {
        by: resource(ResourceKind::Policy, "guard", "1"),
        tenant: label("acme"),
        document: Document::from_yaml(yaml).unwrap(),
    }
}

async fn let_go(house: &House, wish: &WalletWish) -> Release {
    house
        .app
        .wallet_release(&wish.tenant, &wish.name, &wish.by, false)
        .await
        .unwrap()
}

fn reason(release: Release) -> String {
    match release {
        Release::Done => "done".to_owned(),
        Release::Blocked { reason, .. } => reason,
    }
}

async fn key_of(house: &House, name: &str) -> WrappedKey {
    let wallet = house.wallet(name).await;
    let mut view = house.store.read(house.tenant).await.unwrap();
    view.wallet_key_fetch(wallet.id).await.unwrap().unwrap()
}

/// `keys_are_never_overwritten`, for every way a wallet's resource can go and come back.
#[tokio::test(start_paused = true)]
async fn keys_are_never_overwritten_by_resources_made_again() {
    let house = House::new().await;
    house
        .app
        .tenant_apply(&tenant("acme", "vp-acme"))
        .await
        .unwrap();
    let wish = wallet("till", "1");
    let made = house.app.wallet_apply(&wish).await.unwrap();
    assert!(!made.reattached);
    assert_eq!((made.key_version, made.state.as_str()), (1, "active"));
    let key = key_of(&house, "till").await;

    assert_eq!(let_go(&house, &wish).await, Release::Done);
    assert_eq!(let_go(&house, &wish).await, Release::Done, "twice is once");
    assert!(house.wallet("till").await.state.is_detached());
    assert_eq!(key_of(&house, "till").await, key);

    let again = wallet("till", "2");
    let found = house.app.wallet_apply(&again).await.unwrap();
    assert!(found.reattached);
    assert_eq!((&found.address, &found.id), (&made.address, &made.id));
    assert_eq!(found.state, "active");
    assert_eq!(key_of(&house, "till").await, key);
    // The one that is gone lets nothing go any more.
    assert_eq!(let_go(&house, &wish).await, Release::Done);
    assert!(!house.wallet("till").await.state.is_detached());

    let actions: BTreeSet<&str> = house
        .audit()
        .await
        .iter()
        .map(|entry| entry.draft.action.as_str())
        .collect();
    for action in ["wallet.created", "wallet.detached", "wallet.attached"] {
        assert!(actions.contains(action), "{action} is not on record");
    }
}

#[tokio::test(start_paused = true)]
async fn a_detached_wallet_signs_nothing_and_only_its_resource_brings_it_back() {
    let house = House::new().await;
    house
        .app
        .tenant_apply(&tenant("acme", "vp-acme"))
        .await
        .unwrap();
    let wish = wallet("treasury", "1");
    house.app.wallet_apply(&wish).await.unwrap();
    let queued = house.pay(&payment("0.1")).await;

    let release = let_go(&house, &wish).await;
    assert_eq!(reason(release), "TransactionPending");
    house.execute();
    house.until(id(&queued), StateName::Refused).await;
    assert!(house.keys.signed().is_empty(), "nothing was signed");
    assert_eq!(let_go(&house, &wish).await, Release::Done);

    let refused = house.app.transfer(&house.trader, &payment("0.2")).await;
    assert_eq!(code(refused), "frozen");
    let thaw = house
        .app
        .person_wallet_thaw(&house.owner, &treasury())
        .await;
    assert_eq!(code(thaw), "wallet_detached");
    house
        .app
        .wallet_apply(&wallet("treasury", "2"))
        .await
        .unwrap();
    let paid = house.pay(&payment("0.3")).await;
    house.finish(id(&paid)).await;
}

#[tokio::test(start_paused = true)]
async fn a_persons_freeze_outlasts_what_the_resource_says() {
    let house = House::new().await;
    house
        .app
        .tenant_apply(&tenant("acme", "vp-acme"))
        .await
        .unwrap();
    let mut wish = wallet("treasury", "1");
    wish.frozen = Some("month end".to_owned());
    let frozen = house.app.wallet_apply(&wish).await.unwrap();
    assert_eq!(frozen.state, "frozen");
    let thaw = house
        .app
        .person_wallet_thaw(&house.owner, &treasury())
        .await;
    assert_eq!(code(thaw), "managed_by_resource");
    wish.frozen = None;
    assert_eq!(house.app.wallet_apply(&wish).await.unwrap().state, "active");

    house
        .app
        .person_wallet_freeze(&house.owner, &treasury(), "stolen laptop")
        .await
        .unwrap();
    let kept = house.app.wallet_apply(&wish).await.unwrap();
    assert_eq!(kept.state_reason.as_deref(), Some("stolen laptop"));
    // Deleting and making again is no way around it.
    assert_eq!(let_go(&house, &wish).await, Release::Done);
    let again = house
        .app
        .wallet_apply(&wallet("treasury", "2"))
        .await
        .unwrap();
    assert!(again.reattached);
    assert_eq!(again.state_reason.as_deref(), Some("stolen laptop"));
    assert!(matches!(
        house.wallet("treasury").await.state,
        WalletState::Frozen { .. }
    ));
}

/// Whose freeze it is cannot be forged, and a person's takes the place of a resource's.
#[tokio::test(start_paused = true)]
async fn no_words_of_an_agent_pass_for_a_resources_freeze() {
    let house = House::new().await;
    let app = &house.app;
    app.tenant_apply(&tenant("acme", "vp-acme")).await.unwrap();
    let mut wish = wallet("treasury", "1");
    app.wallet_apply(&wish).await.unwrap();
    let forged = format!("frozen by {}: x", wish.by);
    app.wallet_freeze(&house.trader, &treasury(), &forged)
        .await
        .unwrap();
    let kept = app.wallet_apply(&wish).await.unwrap();
    assert_eq!(kept.state, "frozen", "the operator's next pass thawed it");
    app.person_wallet_thaw(&house.owner, &treasury())
        .await
        .unwrap();

    wish.frozen = Some("month end".to_owned());
    app.wallet_apply(&wish).await.unwrap();
    app.person_wallet_freeze(&house.owner, &treasury(), "stolen laptop")
        .await
        .unwrap();
    wish.frozen = None;
    let kept = app.wallet_apply(&wish).await.unwrap();
    assert_eq!(kept.state_reason.as_deref(), Some("stolen laptop"));

    app.person_wallet_thaw(&house.owner, &treasury())
        .await
        .unwrap();
    assert_eq!(let_go(&house, &wish).await, Release::Done);
    app.person_wallet_freeze(&house.owner, &treasury(), "still odd")
        .await
        .unwrap();
    let again = app.wallet_apply(&wallet("treasury", "2")).await.unwrap();
    assert_eq!(again.state_reason.as_deref(), Some("still odd"));
}

#[tokio::test(start_paused = true)]
async fn what_a_resource_owns_nobody_else_changes() {
    let house = House::new().await;
    house
        .app
        .tenant_apply(&tenant("acme", "vp-acme"))
        .await
        .unwrap();
    let first = house
        .app
        .policy_apply(&house_caller(&house), &tightened())
        .await;
    assert_eq!(code(first), "forbidden", "the house is no person");
    let adopted = ResourcePlane::policy_apply(house.app.as_ref(), &guard(GUARD))
        .await
        .unwrap();
    assert!(adopted.changed, "it is the resource's from here on");
    let again = ResourcePlane::policy_apply(house.app.as_ref(), &guard(GUARD))
        .await
        .unwrap();
    assert!(!again.changed);
    let by_hand = house.app.policy_apply(&house.owner, &tightened()).await;
    assert_eq!(code(by_hand), "managed_by_resource");
    let deleted = house.app.policy_delete(&house.owner, &label("guard")).await;
    assert_eq!(code(deleted), "managed_by_resource");
    let mut stranger = guard(GUARD);
    stranger.by = resource(ResourceKind::Wallet, "guard", "9");
    let stolen = ResourcePlane::policy_apply(house.app.as_ref(), &stranger).await;
    assert_eq!(code(stolen), "managed_by_other");
    let released = house
        .app
        .policy_release(&label("acme"), &label("guard"), &stranger.by)
        .await;
    assert_eq!(
        released.unwrap(),
        Release::Done,
        "not its own: nothing to do"
    );
    assert_eq!(
        house.pay(&payment("0.1")).await.status,
        PaymentStatus::Submitted
    );
}

fn house_caller(house: &House) -> Caller {
    Caller::system(house.tenant)
}

fn tightened() -> ApplyPolicy {
    ApplyPolicy {
        document: Document::from_yaml(&GUARD.replace("\"2\"", "\"1\"")).unwrap(),
        dry_run: false,
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_edited_as_a_resource_binds_the_next_decision() {
    let house = House::new().await;
    house
        .app
        .tenant_apply(&tenant("acme", "vp-acme"))
        .await
        .unwrap();
    assert_eq!(
        house.pay(&payment("0.1")).await.status,
        PaymentStatus::Submitted
    );
    let tight = guard(&GUARD.replace("perTx: \"1\"", "perTx: \"0.01\""));
    ResourcePlane::policy_apply(house.app.as_ref(), &tight)
        .await
        .unwrap();
    assert_eq!(
        house.pay(&payment("0.2")).await.status,
        PaymentStatus::Denied
    );
}

#[tokio::test(start_paused = true)]
async fn a_namespace_belongs_to_one_tenant() {
    let house = House::new().await;
    house
        .app
        .tenant_apply(&tenant("acme", "vp-acme"))
        .await
        .unwrap();
    let claimed = house.app.tenant_apply(&tenant("globex", "vp-acme")).await;
    assert_eq!(code(claimed), "namespace_taken");
    let made = house
        .app
        .tenant_apply(&tenant("globex", "vp-globex"))
        .await
        .unwrap();
    assert_eq!(made.state, "active");
    let moved = house.app.tenant_apply(&tenant("globex", "vp-acme")).await;
    assert_eq!(code(moved), "namespace_taken");
    let mut nowhere = tenant("initech", "vp-initech");
    nowhere.chains = vec!["eip155:424242".parse().unwrap()];
    assert_eq!(
        code(house.app.tenant_apply(&nowhere).await),
        "chain_unknown"
    );
    assert!(
        house
            .store
            .tenant_find(&label("initech"))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(start_paused = true)]
async fn a_suspended_tenant_pays_nothing_until_it_is_not() {
    let house = House::new().await;
    let mut wish = tenant("acme", "vp-acme");
    wish.suspended = Some("unpaid".to_owned());
    assert_eq!(
        house.app.tenant_apply(&wish).await.unwrap().state,
        "suspended"
    );
    assert_eq!(
        house.pay(&payment("0.1")).await.status,
        PaymentStatus::Denied
    );
    wish.suspended = None;
    assert_eq!(house.app.tenant_apply(&wish).await.unwrap().state, "active");
    assert_eq!(
        house.pay(&payment("0.2")).await.status,
        PaymentStatus::Submitted
    );
}

#[tokio::test(start_paused = true)]
async fn a_tenant_goes_only_when_its_wallets_are_let_go_and_comes_back_whole() {
    let house = House::new().await;
    let wish = tenant("acme", "vp-acme");
    house.app.tenant_apply(&wish).await.unwrap();
    let till = wallet("treasury", "1");
    let before = house.app.wallet_apply(&till).await.unwrap();
    let blocked = house
        .app
        .tenant_release(&wish.name, &wish.by)
        .await
        .unwrap();
    let Release::Blocked { reason, by, .. } = blocked else {
        panic!("it was let go with a wallet in it");
    };
    assert_eq!(
        (reason.as_str(), by),
        ("WalletsExist", vec!["treasury".to_owned()])
    );
    assert_eq!(let_go(&house, &till).await, Release::Done);
    let released = house.app.tenant_release(&wish.name, &wish.by).await;
    assert_eq!(released.unwrap(), Release::Done);
    let freed = house.store.tenant_find_by_namespace("vp-acme").await;
    assert_eq!(freed.unwrap(), None, "its pods are nobody's now");
    assert_eq!(code(house.app.wallet_apply(&till).await), "tenant_archived");
    let paid = house.app.transfer(&house.trader, &payment("0.1")).await;
    assert_eq!(code(paid), "frozen");

    house.app.tenant_apply(&wish).await.unwrap();
    let after = house
        .app
        .wallet_apply(&wallet("treasury", "2"))
        .await
        .unwrap();
    assert_eq!((after.address, after.reattached), (before.address, true));
    assert_eq!(
        house.pay(&payment("0.2")).await.status,
        PaymentStatus::Submitted
    );
}

#[tokio::test(start_paused = true)]
async fn a_wallet_that_holds_something_is_not_archived() {
    let house = House::new().await;
    house
        .app
        .tenant_apply(&tenant("acme", "vp-acme"))
        .await
        .unwrap();
    let wish = wallet("treasury", "1");
    house.app.wallet_apply(&wish).await.unwrap();
    let archived = house
        .app
        .wallet_release(&wish.tenant, &wish.name, &wish.by, true)
        .await;
    assert_eq!(reason(archived.unwrap()), "BalanceNotZero");
    assert!(!house.wallet("treasury").await.state.is_detached());
}

#[tokio::test(start_paused = true)]
async fn quotas_hold_for_agents_and_resources() {
    let house = House::new().await;
    let mut wish = tenant("acme", "vp-acme");
    wish.quota.max_wallets = Some(2);
    house.app.tenant_apply(&wish).await.unwrap();
    house.app.wallet_apply(&wallet("till", "1")).await.unwrap();
    let third = house.app.wallet_apply(&wallet("third", "1")).await;
    assert_eq!(code(third), "too_many_wallets");
    let request = CreateWallet {
        label: label("third"),
        chains: vec![],
    };
    let third = house.app.wallet_create(&house.trader, &request).await;
    assert_eq!(code(third), "too_many_wallets");
    // What is there is still found.
    house.app.wallet_apply(&wallet("till", "1")).await.unwrap();
}
