//! What is imported becomes wallets, all or none, and begins where its chains are.

use vaultpilot_app::{ImportKey, ImportKeys, MAX_IMPORT_KEYS, MAX_SEALED};
use vaultpilot_audit::Action;
use vaultpilot_core::{Address, Duration, Token, WalletState};
use vaultpilot_ports::control_plane::{PaymentStatus, TransferRequest, WalletRef};
use vaultpilot_ports::keys::{KeyError, SealedKey};
use vaultpilot_ports::store::{ImportPolicy, KeyWork};
use vaultpilot_ports::{ControlPlane, Store};
use vaultpilot_testkit::fixture::{eth, label};

use super::{
    Doors, brought, custody, failure, import, import_of, kek, looked, owner_of, refused,
    sealed_for, secret, stored, wallets, work,
};
use crate::house::{House, id, payment};

fn from(name: &str) -> TransferRequest {
    TransferRequest {
        wallet: WalletRef::Label(label(name)),
        ..payment("0.1")
    }
}

async fn keeping(house: &House, key: ImportKey) {
    let request = ImportKeys {
        policy: ImportPolicy::Keep,
        ..import_of(vec![key])
    };
    let task = house.app.custody_import(&house.owner, &request).await;
    work(house).await;
    let task = looked(house, &task.unwrap()).await;
    assert_eq!(task.state, "succeeded", "{task:?}");
}

#[tokio::test(start_paused = true)]
async fn imported_keys_are_wallets_that_may_do_nothing_until_somebody_says_so() {
    let house = House::new().await;
    house.execute();
    let keys = vec![
        brought(&house, "till", 1).await,
        brought(&house, "safe", 2).await,
    ];
    let task = import(&house, keys).await;
    assert_eq!((task.state.as_str(), task.done), ("succeeded", 2));
    let till = house.wallet("till").await;
    assert_eq!(till.address, owner_of(secret(1)));
    assert_eq!(till.state, WalletState::Active);
    house.chain.fund(till.address, Token::Native, eth(1));
    for tool in [PaymentStatus::Denied, PaymentStatus::Denied] {
        let view = house.app.transfer(&house.trader, &from("till")).await;
        match view {
            Ok(view) => assert_eq!(view.status, tool, "{}", view.message),
            Err(fault) => assert_eq!(fault.code(), "tool_not_allowed"),
        }
    }
    let name = label("import-till");
    house.app.policy_delete(&house.owner, &name).await.unwrap();
    let paid = house.pay(&from("till")).await;
    house.finish(id(&paid)).await;

    let task = stored(&house, &task).await;
    let KeyWork::Import { keys, .. } = &task.work else {
        panic!("{task:?}");
    };
    assert!(
        keys.iter().all(|key| key.sealed.0.starts_with("sha256:")),
        "sealed keys are forgotten"
    );
    let entries = house.audit().await;
    let count = |action| {
        let of = entries.iter().filter(|entry| entry.draft.action == action);
        of.count()
    };
    assert_eq!(count(Action::WalletImported), 2);
    assert_eq!(count(Action::KeyTaskBegun), 1);
    assert_eq!(count(Action::KeyTaskEnded), 1);
}

#[tokio::test(start_paused = true)]
async fn one_bad_key_and_nothing_is_imported() {
    let house = House::new().await;
    let before = wallets(&house).await;
    let good = brought(&house, "till", 1).await;
    let other = kek(&house).await;
    let foreign = {
        let mut other = other.clone();
        other.imports = [3; 32];
        sealed_for(&other, secret(2))
    };
    let cases = [
        (
            "address_mismatch",
            ImportKey {
                address: Some(Address::repeat_byte(9)),
                ..brought(&house, "safe", 2).await
            },
        ),
        (
            "sealed_key_unusable",
            ImportKey {
                sealed: foreign,
                ..brought(&house, "safe", 2).await
            },
        ),
        (
            "address_twice",
            ImportKey {
                address: None,
                ..brought(&house, "safe", 1).await
            },
        ),
        ("label_taken", brought(&house, "treasury", 2).await),
    ];
    for (code, bad) in cases {
        let task = import(&house, vec![good.clone(), bad]).await;
        assert_eq!(failure(&task), code);
        assert_eq!(wallets(&house).await, before, "{code}");
        let (policies, _) = house.app.policy_list(&house.owner).await.unwrap();
        assert_eq!(policies.len(), 1, "{code}");
    }
    house.audit().await;
}

#[tokio::test(start_paused = true)]
async fn the_same_import_again_is_the_same_wallets() {
    let house = House::new().await;
    let keys = vec![
        brought(&house, "till", 1).await,
        brought(&house, "safe", 2).await,
    ];
    let request = import_of(keys.clone());
    let asked = house.app.custody_import(&house.owner, &request).await;
    let again = house.app.custody_import(&house.owner, &request).await;
    assert_eq!(asked.unwrap().id, again.unwrap().id, "it is under way");
    work(&house).await;
    let till = house.wallet("till").await;
    let later = import(&house, keys).await;
    assert_eq!(later.state, "succeeded");
    assert_eq!(later.wallets[0].id, till.id.to_string());
    assert_eq!(house.wallet("till").await, till);
    let (policies, _) = house.app.policy_list(&house.owner).await.unwrap();
    assert_eq!(policies.len(), 3, "the guard, and one for each wallet");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_used_goes_on_at_the_nonce_of_its_chain() {
    let house = House::new().await;
    house.execute();
    let address = owner_of(secret(1));
    house.chain.fund(address, Token::Native, eth(5));
    for _ in 0..3 {
        house.chain.take_nonce(address);
    }
    keeping(&house, brought(&house, "till", 1).await).await;
    let resumed = house.wallet("till").await.state;
    assert!(
        matches!(resumed, WalletState::Resumed { .. }),
        "{resumed:?}"
    );
    let paid = house.pay(&from("till")).await;
    let signed = house.finish(id(&paid)).await;
    assert_eq!(signed.state.tx().unwrap().nonce, 3);
    assert_eq!(house.wallet("till").await.state, WalletState::Active);
}

#[tokio::test(start_paused = true)]
async fn a_frozen_import_signs_nothing_until_it_is_thawed_and_then_where_the_chain_is() {
    let house = House::new().await;
    house.execute();
    let address = owner_of(secret(1));
    house.chain.fund(address, Token::Native, eth(5));
    house.chain.take_nonce(address);
    let frozen = ImportKey {
        frozen: true,
        ..brought(&house, "till", 1).await
    };
    keeping(&house, frozen).await;
    let denied = house.app.transfer(&house.trader, &from("till")).await;
    assert_eq!(refused(denied), "frozen");
    let till = WalletRef::Label(label("till"));
    let thawed = house.app.person_wallet_thaw(&house.owner, &till).await;
    assert_eq!(thawed.unwrap().state, "active");
    let paid = house.pay(&from("till")).await;
    let signed = house.finish(id(&paid)).await;
    assert_eq!(signed.state.tx().unwrap().nonce, 1);
}

#[tokio::test(start_paused = true)]
async fn a_provider_in_trouble_is_waited_for_told_once_and_not_hammered() {
    let house = House::new().await;
    let key = brought(&house, "till", 1).await;
    house.keys.refuse_unwrapping(Some(KeyError::ProviderSealed));
    let doors = Doors::of(&house);
    let custody = custody(&house, &doors);
    let request = import_of(vec![key]);
    let asked = house.app.custody_import(&house.owner, &request).await;
    let task = asked.unwrap();
    for _ in 0..120 {
        custody.tick().await.unwrap();
        house.clock.advance(Duration::from_millis(500));
    }
    // In a minute: at 0, 1, 3, 7, 15 and 31 seconds.
    assert_eq!(doors.calls(), 6);
    let waiting = looked(&house, &task).await;
    assert_eq!(
        (waiting.state.as_str(), waiting.code.as_deref()),
        ("running", Some("key_provider_sealed"))
    );
    assert_eq!(house.notices.alerts().len(), 1, "told once");
    house.keys.refuse_unwrapping(None);
    house.clock.advance(Duration::from_secs(31));
    custody.tick().await.unwrap();
    assert_eq!(looked(&house, &task).await.state, "succeeded");
    assert_eq!(house.notices.alerts().len(), 2, "and that it goes on");
}

#[tokio::test(start_paused = true)]
async fn bad_input_is_refused_before_anything_is_written() {
    let house = House::new().await;
    let good = brought(&house, "till", 1).await;
    let with = |change: &dyn Fn(&mut ImportKey)| {
        let mut key = good.clone();
        change(&mut key);
        vec![key]
    };
    let many: Vec<ImportKey> = (0..=MAX_IMPORT_KEYS)
        .map(|number| ImportKey {
            label: label(&format!("w{number}")),
            ..good.clone()
        })
        .collect();
    let cases: Vec<(&str, Vec<ImportKey>)> = vec![
        ("keys_out_of_range", vec![]),
        ("keys_out_of_range", many),
        ("label_twice", vec![good.clone(), good.clone()]),
        (
            "address_twice",
            vec![
                good.clone(),
                ImportKey {
                    label: label("safe"),
                    ..good.clone()
                },
            ],
        ),
        (
            "sealed_too_large",
            with(&|key| key.sealed = SealedKey("x".repeat(MAX_SEALED + 1))),
        ),
        (
            "sealed_malformed",
            with(&|key| key.sealed = SealedKey("0x0102".to_owned())),
        ),
        (
            "chain_unknown",
            with(&|key| key.chains = vec!["eip155:424242".parse().unwrap()]),
        ),
    ];
    let before = house.audit().await.len();
    for (code, keys) in cases {
        let request = import_of(keys);
        let asked = house.app.custody_import(&house.owner, &request).await;
        assert_eq!(refused(asked), code);
    }
    let outdated = ImportKeys {
        kek: Some(7),
        ..import_of(vec![good])
    };
    let asked = house.app.custody_import(&house.owner, &outdated).await;
    assert_eq!(refused(asked), "import_recipient_outdated");
    assert_eq!(house.audit().await.len(), before);
    let status = house.app.custody_status(&house.owner).await.unwrap();
    assert!(status.tasks.is_empty());
}

#[tokio::test(start_paused = true)]
async fn keys_that_come_while_a_backup_is_not_reconciled_wait_with_the_others() {
    let house = House::new().await;
    let treasury = house.wallet("treasury").await;
    let at = vaultpilot_core::Clock::now(&house.clock);
    let mut unit = house.store.begin(house.tenant).await.unwrap();
    let state = treasury.state.clone().restored(at);
    unit.wallet_update(treasury.id, &state).await.unwrap();
    unit.commit().await.unwrap();
    let keys = vec![brought(&house, "till", 3).await];
    assert_eq!(import(&house, keys).await.state, "succeeded");
    house.keys.make_elsewhere("alias/hsm", Some(&label("acme")));
    let request = vaultpilot_ports::control_plane::CreateWallet {
        label: label("hsm"),
        chains: vec![],
    };
    let adopted = house
        .app
        .person_wallet_adopt(&house.owner, &request, "alias/hsm");
    adopted.await.unwrap();
    for name in ["till", "hsm"] {
        let state = house.wallet(name).await.state;
        assert!(state.before_restore().is_some(), "{name}: {state:?}");
    }
}
