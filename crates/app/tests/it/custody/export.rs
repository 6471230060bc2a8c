//! A key leaves only where the house allows it, sealed, once, and in the hosted edition only when two
//! people want it.

use vaultpilot_app::{Exports, KeyCreate, KeyCreated, KeyTaskView};
use vaultpilot_audit::Action;
use vaultpilot_core::{Caller, Duration, KeyTaskId, Role};
use vaultpilot_ports::control_plane::CreateWallet;
use vaultpilot_ports::keys::Export;
use vaultpilot_ports::store::{KeyLevel, KeyWork};
use vaultpilot_testkit::fixture::label;
use vaultpilot_testkit::keys::fake_sealed;

use super::{ARMOUR, RECIPIENT, exporting, kek, looked, refused, stored, work};
use crate::house::{House, treasury};

fn to_age() -> Export {
    Export::Age {
        recipient: RECIPIENT.to_owned(),
    }
}

fn id(task: &KeyTaskView) -> KeyTaskId {
    task.id.parse().unwrap()
}

/// The same name, another key: as somebody with two keys would come.
async fn again(house: &House, name: &str) -> Caller {
    let first = {
        use vaultpilot_ports::Store;
        let mut view = house.store.read(house.tenant).await.unwrap();
        let keys = view.api_key_list().await.unwrap();
        keys.into_iter()
            .find(|key| key.name == label(name))
            .unwrap()
            .id
    };
    let revoked = house.app.key_revoke(&house.owner, first).await;
    revoked.unwrap();
    let made = house
        .app
        .key_bootstrap(house.tenant, &owner_key(name))
        .await;
    entered(house, &made.unwrap()).await
}

#[tokio::test(start_paused = true)]
async fn it_is_off_unless_the_house_says_otherwise() {
    let house = House::new().await;
    let asked = house
        .app
        .custody_export(&house.owner, &treasury(), &to_age())
        .await;
    assert_eq!(refused(asked), "export_off");
}

#[tokio::test(start_paused = true)]
async fn an_owner_alone_gets_it_once_where_one_is_enough() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByOwner);
    let task = app
        .custody_export(&house.owner, &treasury(), &to_age())
        .await
        .unwrap();
    assert_eq!(task.state, "running");
    work(&house).await;
    let done = looked(&house, &task).await;
    assert!(done.bundle && done.state == "succeeded", "{done:?}");
    let bundle = app.custody_bundle(&house.owner, id(&task)).await.unwrap();
    assert!(bundle.starts_with("age1fake"), "{bundle}");
    let twice = app.custody_bundle(&house.owner, id(&task)).await;
    assert_eq!(refused(twice), "no_bundle");
    assert!(!looked(&house, &task).await.bundle);
    assert_eq!(house.notices.alerts().len(), 1, "everybody hears of it");
    let entries = house.audit().await;
    let steps: Vec<_> = entries
        .iter()
        .filter(|entry| entry.draft.action == Action::WalletExported)
        .flat_map(|entry| entry.draft.facts.iter())
        .filter(|(name, _)| name == "step")
        .map(|(_, step)| step.as_str())
        .collect();
    assert_eq!(steps, ["sealed", "fetched"]);
}

#[tokio::test(start_paused = true)]
async fn where_two_must_agree_the_second_is_another_person_with_another_key() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByTwo);
    let anna = house.caller("anna", Role::Approver).await;
    let victor = house.caller("victor", Role::Viewer).await;
    let task = app
        .custody_export(&house.owner, &treasury(), &to_age())
        .await
        .unwrap();
    assert_eq!(task.state, "awaiting_approval");
    work(&house).await;
    assert_eq!(looked(&house, &task).await.state, "awaiting_approval");
    let own = app.custody_approve(&house.owner, id(&task)).await;
    assert_eq!(refused(own), "requester_approves");
    let renamed = Caller {
        kind: vaultpilot_core::CallerKind::Person {
            key: house.owner.key().unwrap(),
            name: label("somebody"),
        },
        ..house.owner.clone()
    };
    let same_key = app.custody_approve(&renamed, id(&task)).await;
    assert_eq!(refused(same_key), "requester_approves");
    for nobody in [&victor, &house.trader] {
        let answer = app.custody_approve(nobody, id(&task)).await;
        assert_eq!(refused(answer), "forbidden");
    }
    let approved = app.custody_approve(&anna, id(&task)).await.unwrap();
    assert_eq!(approved.decided_by.as_deref(), Some("anna"));
    let twice = app.custody_approve(&anna, id(&task)).await;
    assert_eq!(refused(twice), "task_over");
    work(&house).await;
    let theirs = app.custody_bundle(&anna, id(&task)).await;
    assert_eq!(refused(theirs), "forbidden", "it is for who asked");
    assert!(app.custody_bundle(&house.owner, id(&task)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn another_key_of_the_same_name_is_the_same_person() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByTwo);
    let otto = house.caller("otto", Role::Owner).await;
    let task = app.custody_export(&otto, &treasury(), &to_age()).await;
    let task = task.unwrap();
    let again = again(&house, "otto").await;
    assert_ne!(again.key(), otto.key());
    let answer = app.custody_approve(&again, id(&task)).await;
    assert_eq!(refused(answer), "requester_approves");
    assert!(app.custody_approve(&house.owner, id(&task)).await.is_ok());
}

/// A caller with a key that this maker made.
async fn made(house: &House, maker: &Caller, name: &str) -> Caller {
    let made = house.app.key_create(maker, &owner_key(name)).await;
    entered(house, &made.unwrap()).await
}

/// A caller with a key that whoever runs the house made.
async fn handed_out(house: &House, name: &str) -> Caller {
    let made = house
        .app
        .house_key_create(&label("acme"), &owner_key(name))
        .await;
    entered(house, &made.unwrap()).await
}

fn owner_key(name: &str) -> KeyCreate {
    KeyCreate {
        name: label(name),
        role: Role::Owner,
        scopes: None,
        expires_in_days: None,
    }
}

async fn entered(house: &House, made: &KeyCreated) -> Caller {
    let secret = made.secret.expose().to_owned().into();
    let tenant = label("acme");
    let caller = house.app.authenticate_key(&tenant, &secret, None).await;
    caller.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_key_that_an_owner_made_is_not_a_second_person() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByTwo);
    let (anna, otto) = (
        handed_out(&house, "anna").await,
        handed_out(&house, "otto").await,
    );
    let child = made(&house, &anna, "child").await;
    let grandchild = made(&house, &child, "grandchild").await;
    let sister = made(&house, &anna, "sister").await;
    for (asks, answers) in [
        (&anna, &child),
        (&anna, &grandchild),
        (&child, &anna),
        (&sister, &grandchild),
    ] {
        let task = app.custody_export(asks, &treasury(), &to_age()).await;
        let task = task.unwrap();
        let answer = app.custody_approve(answers, id(&task)).await;
        assert_eq!(refused(answer), "requester_approves");
        work(&house).await;
        assert_eq!(looked(&house, &task).await.state, "awaiting_approval");
        assert!(app.custody_approve(&otto, id(&task)).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_younger_than_the_request_does_not_answer_it() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByTwo);
    let anna = handed_out(&house, "anna").await;
    let task = app.custody_export(&anna, &treasury(), &to_age()).await;
    let task = task.unwrap();
    house.clock.advance(Duration::from_secs(1));
    let late = handed_out(&house, "late").await;
    let answer = app.custody_approve(&late, id(&task)).await;
    assert_eq!(refused(answer), "requester_approves");
    let next = app.custody_export(&anna, &treasury(), &to_age()).await;
    assert!(app.custody_approve(&late, id(&next.unwrap())).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn nobody_agreed_or_fetched_in_time_and_it_is_over() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByTwo);
    let anna = house.caller("anna", Role::Approver).await;
    let ask = async || {
        let export = keystore_export();
        app.custody_export(&house.owner, &treasury(), &export).await
    };
    let late = ask().await.unwrap();
    house.clock.advance(Duration::from_hours(24));
    let answer = app.custody_approve(&anna, id(&late)).await;
    assert_eq!(refused(answer), "task_over");
    work(&house).await;
    assert_eq!(looked(&house, &late).await.state, "expired");

    let rejected = ask().await.unwrap();
    let answer = app.custody_reject(&anna, id(&rejected)).await.unwrap();
    assert_eq!(answer.state, "rejected");
    work(&house).await;
    assert_eq!(looked(&house, &rejected).await.state, "rejected");
    for over in [&late, &rejected] {
        let task = stored(&house, over).await;
        let KeyWork::Export {
            export: Export::Keystore { password, .. },
            ..
        } = &task.work
        else {
            panic!("{task:?}");
        };
        assert!(password.is_empty(), "its password is forgotten");
    }

    let kept = exporting(&house, Exports::ByOwner)
        .custody_export(&house.owner, &treasury(), &to_age())
        .await
        .unwrap();
    work(&house).await;
    house.clock.advance(Duration::from_mins(15));
    let fetched = app.custody_bundle(&house.owner, id(&kept)).await;
    assert_eq!(refused(fetched), "no_bundle");
    assert!(
        looked(&house, &kept).await.bundle,
        "not fetched, not erased yet"
    );
    work(&house).await;
    let gone = looked(&house, &kept).await;
    assert!(gone.state == "succeeded" && !gone.bundle);
}

fn keystore_export() -> Export {
    Export::Keystore {
        password: format!("{ARMOUR}whatever"),
        kek: 0,
    }
}

#[tokio::test(start_paused = true)]
async fn a_keystore_has_the_password_that_was_sealed_also_for_the_key_before() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByOwner);
    let password = fake_sealed(&kek(&house).await.imports, "correct horse");
    let export = Export::Keystore {
        password: format!("{ARMOUR}{password}"),
        kek: 0,
    };
    let task = app.custody_export(&house.owner, &treasury(), &export).await;
    let task = task.unwrap();
    work(&house).await;
    let bundle = app.custody_bundle(&house.owner, id(&task)).await.unwrap();
    let keystore: serde_json::Value = serde_json::from_str(&bundle).unwrap();
    assert_eq!(keystore["version"], 3);
    let wrong = Export::Keystore {
        password: format!("{ARMOUR}nonsense"),
        kek: 0,
    };
    let task = app.custody_export(&house.owner, &treasury(), &wrong).await;
    let task = task.unwrap();
    work(&house).await;
    assert_eq!(
        super::failure(&looked(&house, &task).await),
        "sealed_key_unusable"
    );
}

#[tokio::test(start_paused = true)]
async fn a_keystores_password_keeps_the_key_it_was_sealed_for() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByOwner);
    let first = kek(&house).await;
    let sealed = |kek| Export::Keystore {
        password: format!("{ARMOUR}{}", fake_sealed(&first.imports, "correct horse")),
        kek,
    };
    let ask = async |kek| {
        let export = sealed(kek);
        app.custody_export(&house.owner, &treasury(), &export).await
    };
    assert_eq!(refused(ask(9).await), "import_recipient_outdated");
    let rotated = app.custody_rotate(&house.owner, KeyLevel::Tenant).await;
    let task = ask(first.version).await.unwrap();
    work(&house).await;
    assert_eq!(looked(&house, &rotated.unwrap()).await.state, "succeeded");
    let done = looked(&house, &task).await;
    assert_eq!(done.state, "succeeded", "{done:?}");
    let late = ask(first.version).await;
    assert!(late.is_ok(), "a key somebody waited for is kept");
    let row = stored(&house, &ask(0).await.unwrap()).await;
    let KeyWork::Export {
        export: Export::Keystore { kek: named, .. },
        ..
    } = row.work
    else {
        panic!("{row:?}");
    };
    assert_eq!(named, kek(&house).await.version);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_leave_and_whom_it_cannot_be_for_is_said_at_once() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByOwner);
    house.keys.make_elsewhere("alias/hsm", Some(&label("acme")));
    let request = CreateWallet {
        label: label("hsm"),
        chains: vec![],
    };
    app.person_wallet_adopt(&house.owner, &request, "alias/hsm")
        .await
        .unwrap();
    let hsm = vaultpilot_ports::control_plane::WalletRef::Label(label("hsm"));
    let asked = app.custody_export(&house.owner, &hsm, &to_age()).await;
    assert_eq!(refused(asked), "key_not_exportable");
    for bad in ["", "age1nonsense", "olivia@example.com"] {
        let export = Export::Age {
            recipient: bad.to_owned(),
        };
        let asked = app.custody_export(&house.owner, &treasury(), &export).await;
        assert_eq!(refused(asked), "recipient_malformed", "{bad}");
    }
    let anna = house.caller("anna", Role::Approver).await;
    for nobody in [&anna, &house.trader] {
        let asked = app.custody_export(nobody, &treasury(), &to_age()).await;
        assert_eq!(refused(asked), "forbidden");
    }
}
