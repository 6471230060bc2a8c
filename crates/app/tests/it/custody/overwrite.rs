//! `keys_are_never_overwritten`: by no path does a label get another key, or a key another wallet.

use std::sync::Arc;

use vaultpilot_app::ImportKey;
use vaultpilot_core::{KeyManagement, Managed, Quota, ResourceKind, TenantId, Wallet, WalletState};
use vaultpilot_ports::control_plane::CreateWallet;
use vaultpilot_ports::keys::WrappedKey;
use vaultpilot_ports::resource_plane::{TenantWish, WalletKeySource, WalletWish};
use vaultpilot_ports::store::KeyLevel;
use vaultpilot_ports::{ControlPlane, KeyError, ResourcePlane, Store};
use vaultpilot_testkit::fixture::{CHAIN, label};

use super::{
    Doors, brought, custody, failure, import, import_of, looked, owner_of, refused, secret,
    wallets, work,
};
use crate::house::House;

async fn key_of(house: &House, wallet: &Wallet) -> WrappedKey {
    let mut view = house.store.read(house.tenant).await.unwrap();
    view.wallet_key_fetch(wallet.id).await.unwrap().unwrap()
}

fn named(name: &str) -> CreateWallet {
    CreateWallet {
        label: label(name),
        chains: vec![],
    }
}

fn resource(name: &str, key: WalletKeySource) -> WalletWish {
    WalletWish {
        by: Managed {
            kind: ResourceKind::Wallet,
            namespace: Some("vp-acme".to_owned()),
            name: name.to_owned(),
            uid: "1".to_owned(),
        },
        tenant: label("acme"),
        name: label(name),
        chains: vec![CHAIN],
        frozen: None,
        key,
        balances: false,
    }
}

/// Does something that must leave the treasury's key as it is, byte for byte.
async fn kept(house: &House, what: &str, act: impl AsyncFnOnce()) {
    let treasury = house.wallet("treasury").await;
    let key = key_of(house, &treasury).await;
    act().await;
    let after = house.wallet("treasury").await;
    assert_eq!(
        (after.id, after.address),
        (treasury.id, treasury.address),
        "{what}"
    );
    assert_eq!(key_of(house, &after).await, key, "{what}");
}

#[tokio::test(start_paused = true)]
async fn keys_are_never_overwritten_by_creating() {
    let house = House::new().await;
    kept(&house, "an agent", async || {
        let request = named("treasury");
        let asked = house.app.wallet_create(&house.trader, &request).await;
        asked.unwrap();
    })
    .await;
    kept(&house, "a person", async || {
        let request = named("treasury");
        let asked = house.app.person_wallet_create(&house.owner, &request).await;
        asked.unwrap();
    })
    .await;
    kept(&house, "a resource", async || {
        let wish = resource("treasury", WalletKeySource::Generate);
        house.app.wallet_apply(&wish).await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn keys_are_never_overwritten_by_importing() {
    let house = House::new().await;
    let before = wallets(&house).await;
    kept(&house, "import", async || {
        let key = brought(&house, "treasury", 1).await;
        assert_eq!(failure(&import(&house, vec![key]).await), "label_taken");
    })
    .await;
    assert_eq!(wallets(&house).await, before);
    let till = brought(&house, "till", 1).await;
    assert_eq!(import(&house, vec![till]).await.state, "succeeded");
    let twin = brought(&house, "twin", 1).await;
    assert_eq!(failure(&import(&house, vec![twin]).await), "address_taken");
    assert_eq!(wallets(&house).await, before + 1);
}

#[tokio::test(start_paused = true)]
async fn keys_are_never_overwritten_across_tenants() {
    let house = House::new().await;
    let till = brought(&house, "till", 1).await;
    assert_eq!(import(&house, vec![till]).await.state, "succeeded");
    let (other, _) = house
        .app
        .tenant_ensure(&label("rival"), &vaultpilot_core::KeyManagement::Local)
        .await
        .unwrap();
    let rival = vaultpilot_core::Caller {
        tenant: other.id,
        ..house.owner.clone()
    };
    let theirs = house.app.custody_status(&rival).await.unwrap();
    assert_eq!(theirs.recipient.map(|it| it.kek), Some(1));
    let kek = {
        let mut view = house.store.read(other.id).await.unwrap();
        view.kek_current().await.unwrap().unwrap()
    };
    let key = ImportKey {
        sealed: super::sealed_for(&kek, secret(1)),
        ..brought(&house, "mine-now", 1).await
    };
    let asked = house
        .app
        .custody_import(&rival, &import_of(vec![key]))
        .await;
    let id = asked.unwrap().id.parse().unwrap();
    work(&house).await;
    let task = house.app.custody_task(&rival, id).await.unwrap();
    assert_eq!(failure(&task), "address_taken");
    assert_eq!(house.wallet("till").await.address, owner_of(secret(1)));
}

#[tokio::test(start_paused = true)]
async fn keys_are_never_overwritten_by_adopting() {
    let house = House::new().await;
    house.keys.make_elsewhere("alias/hsm", Some(&label("acme")));
    house
        .keys
        .make_elsewhere("alias/theirs", Some(&label("rival")));
    kept(&house, "adopt", async || {
        let asked = house
            .app
            .person_wallet_adopt(&house.owner, &named("treasury"), "alias/hsm")
            .await;
        assert_eq!(refused(asked), "label_taken");
        let id = "alias/hsm".to_owned();
        let wish = resource("treasury", WalletKeySource::External { id });
        assert_eq!(refused(house.app.wallet_apply(&wish).await), "label_taken");
    })
    .await;
    let adopt = |name: &'static str, id: &'static str| {
        let app = Arc::clone(&house.app);
        let owner = house.owner.clone();
        async move { app.person_wallet_adopt(&owner, &named(name), id).await }
    };
    let first = adopt("hsm", "alias/hsm").await.unwrap();
    assert_eq!(adopt("hsm", "alias/hsm").await.unwrap(), first);
    assert_eq!(refused(adopt("twin", "alias/hsm").await), "address_taken");
    assert_eq!(
        refused(adopt("other", "alias/theirs").await),
        "external_key_not_the_tenants"
    );
    assert_eq!(
        refused(adopt("other", "").await),
        "external_key_id_malformed"
    );
    let hsm = house.wallet("hsm").await;
    assert_eq!(hsm.state, WalletState::Active, "it was never used");
    assert!(key_of(&house, &hsm).await.is_external());
    let again = resource(
        "hsm",
        WalletKeySource::External {
            id: "alias/hsm".to_owned(),
        },
    );
    let report = house.app.wallet_apply(&again).await.unwrap();
    assert_eq!(report.address, first.address);
    house
        .keys
        .make_elsewhere("alias/next", Some(&label("acme")));
    let other = resource(
        "hsm",
        WalletKeySource::External {
            id: "alias/next".to_owned(),
        },
    );
    kept(&house, "another source", async || {
        let asked = house.app.wallet_apply(&other).await;
        assert_eq!(refused(asked), "key_source_differs");
    })
    .await;
    house.keys.refuse_wrapping(Some(KeyError::TimedOut));
    let report = house.app.wallet_apply(&again).await.unwrap();
    assert_eq!(report.address, first.address, "it is not asked for in vain");
    house.keys.refuse_wrapping(None);
}

#[tokio::test(start_paused = true)]
async fn keys_are_never_overwritten_by_rotating() {
    let house = House::new().await;
    for level in [KeyLevel::Root, KeyLevel::Tenant] {
        let treasury = house.wallet("treasury").await;
        let before = key_of(&house, &treasury).await;
        house.keys.rotate_root();
        let asked = house.app.custody_rotate(&house.owner, level).await;
        work(&house).await;
        let done = looked(&house, &asked.unwrap()).await;
        assert_eq!(done.state, "succeeded", "{done:?}");
        let after = key_of(&house, &treasury).await;
        assert_eq!(house.wallet("treasury").await, treasury);
        assert_eq!(after.version, before.version, "it is the same key");
        assert!(after.generation >= before.generation);
    }
    house.execute();
    let paid = house.pay(&crate::house::payment("0.1")).await;
    house.finish(crate::house::id(&paid)).await;
}

#[tokio::test(start_paused = true)]
async fn keys_are_never_overwritten_by_many_at_once() {
    let house = House::new().await;
    let key = brought(&house, "till", 1).await;
    let twin = ImportKey {
        label: label("twin"),
        ..key.clone()
    };
    let contradicting = brought(&house, "till", 2).await;
    let mut tasks = Vec::new();
    for one in [key, twin, contradicting] {
        let request = import_of(vec![one]);
        let asked = house.app.custody_import(&house.owner, &request).await;
        tasks.push(asked.unwrap());
    }
    let create = named("till");
    let creating = house.app.person_wallet_create(&house.owner, &create);
    let (one, two) = (Doors::of(&house), Doors::of(&house));
    let (one, two) = (custody(&house, &one), custody(&house, &two));
    let (_, _, made) = tokio::join!(one.tick(), two.tick(), creating);
    let made = made.unwrap();
    for _ in 0..5 {
        work(&house).await;
    }
    let till = house.wallet("till").await;
    assert_eq!(made.address, till.address.to_checksum(None));
    let mut addresses = std::collections::BTreeSet::new();
    let mut view = house.store.read(house.tenant).await.unwrap();
    let page = vaultpilot_ports::store::Page::first(200);
    let all = view.wallet_list(page).await.unwrap();
    assert!(all.iter().all(|wallet| addresses.insert(wallet.address)));
    drop(view);
    for task in &tasks {
        assert!(looked(&house, task).await.over);
    }
    house.audit().await;
}

#[tokio::test(start_paused = true)]
async fn what_wraps_a_tenants_keys_is_chosen_before_there_is_one() {
    let house = House::new().await;
    let wish = |name: &str, keys: KeyManagement| TenantWish {
        by: Managed {
            kind: ResourceKind::Tenant,
            namespace: None,
            name: name.to_owned(),
            uid: "1".to_owned(),
        },
        name: label(name),
        namespace: format!("vp-{name}"),
        suspended: None,
        quota: Quota::default(),
        keys,
        chains: vec![CHAIN],
    };
    let vault = KeyManagement::Vault {
        mount: "transit".to_owned(),
        key: "acme".to_owned(),
        role: "vaultpilot".to_owned(),
    };
    let changed = house.app.tenant_apply(&wish("acme", vault.clone())).await;
    assert_eq!(refused(changed), "key_management_immutable");

    house
        .keys
        .refuse_wrapping(Some(vaultpilot_ports::keys::KeyError::ProviderSealed));
    let sealed = house.app.tenant_apply(&wish("beta", vault.clone())).await;
    assert_eq!(refused(sealed), "key_provider_sealed", "told at once");
    house.keys.refuse_wrapping(None);
    let kms = KeyManagement::AwsKms {
        key_arn: "arn:aws:kms:eu-central-1:111122223333:key/1".to_owned(),
    };
    let tenant = house.app.tenant_apply(&wish("beta", kms)).await.unwrap();
    let id: TenantId = tenant.id.parse().unwrap();
    let mut view = house.store.read(id).await.unwrap();
    let kek = view.kek_current().await.unwrap().unwrap();
    assert_eq!(kek.management.provider(), "aws-kms");
    drop(view);
    let late = house.app.tenant_apply(&wish("beta", vault)).await;
    assert_eq!(refused(late), "key_management_immutable");
}
