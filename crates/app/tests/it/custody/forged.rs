//! What a row says is not enough: the signing side exports what the deciding side vouched for, and
//! nothing else; nothing is sealed to a key that somebody else put there.

use vaultpilot_app::{Exports, KeyTaskView};
use vaultpilot_audit::{Action, Actor};
use vaultpilot_core::{Caller, Duration, KeyManagement, Role, TenantState, WalletState};
use vaultpilot_ports::control_plane::CreateWallet;
use vaultpilot_ports::keys::{Export, KekContext, TenantKek};
use vaultpilot_ports::store::{KeyTask, KeyTaskState, KeyWork};
use vaultpilot_ports::{KeyError, KeyWrapper, Store};
use vaultpilot_testkit::fixture::label;

use super::{
    Doors, RECIPIENT, brought, custody_exporting, exporting, failure, import_of, kek, looked,
    refused, stored,
};
use crate::house::{House, treasury};

/// Another recipient of the specification of age.
const THIEF: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

fn to_age() -> Export {
    Export::Age {
        recipient: RECIPIENT.to_owned(),
    }
}

fn running(approved_by: Option<Actor>) -> KeyTaskState {
    KeyTaskState::Running {
        approved_by,
        done: 0,
        total: 1,
        last_error: None,
    }
}

fn somebody(name: &str) -> Actor {
    Actor::Person {
        key: vaultpilot_testkit::fixture::key_id(),
        name: name.to_owned(),
    }
}

/// Writes a row as somebody with the database would.
async fn altered(house: &House, task: &KeyTaskView, alter: impl FnOnce(&mut KeyTask)) {
    let mut row = stored(house, task).await;
    let seen = row.revision;
    alter(&mut row);
    row.revision = seen + 1;
    let mut unit = house.store.begin(house.tenant).await.unwrap();
    unit.key_task_update(seen, &row).await.unwrap();
    unit.commit().await.unwrap();
}

async fn work_as(house: &House, exports: Exports) {
    let custody = custody_exporting(house, &Doors::of(house), exports);
    custody.tick().await.unwrap();
}

/// That it failed for this, everybody heard, and no key left.
async fn stayed(house: &House, task: &KeyTaskView, code: &str) {
    let seen = looked(house, task).await;
    assert_eq!(failure(&seen), code);
    assert!(!seen.bundle);
    let alerts = house.notices.alerts();
    assert!(
        alerts.iter().any(|alert| alert.contains(&task.id)),
        "{alerts:?}"
    );
    let entries = house.audit().await;
    assert!(
        !entries
            .iter()
            .any(|it| it.draft.action == Action::WalletExported)
    );
    let ended = entries.iter().any(|entry| {
        let facts = &entry.draft.facts;
        entry.draft.action == Action::KeyTaskEnded && facts.iter().any(|(_, fact)| fact == code)
    });
    assert!(ended, "it is in the audit log");
}

#[tokio::test(start_paused = true)]
async fn a_signing_side_that_exports_nothing_exports_nothing() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByOwner);
    let task = app
        .custody_export(&house.owner, &treasury(), &to_age())
        .await;
    let task = task.unwrap();
    work_as(&house, Exports::Off).await;
    stayed(&house, &task, "export_off").await;
}

#[tokio::test(start_paused = true)]
async fn a_row_without_a_voucher_or_for_somebody_else_exports_nothing() {
    let alterations: [fn(&mut KeyTask); 4] = [
        |row| {
            if let KeyWork::Export { voucher, .. } = &mut row.work {
                *voucher = None;
            }
        },
        |row| {
            if let KeyWork::Export { export, .. } = &mut row.work {
                *export = Export::Age {
                    recipient: THIEF.to_owned(),
                };
            }
        },
        |row| {
            if let KeyWork::Export { voucher, .. } = &mut row.work {
                *voucher = Some([7; 32].into());
            }
        },
        |row| row.state = running(Some(somebody("anna"))),
    ];
    for alter in alterations {
        let house = House::new().await;
        let app = exporting(&house, Exports::ByOwner);
        let task = app
            .custody_export(&house.owner, &treasury(), &to_age())
            .await;
        let task = task.unwrap();
        altered(&house, &task, alter).await;
        work_as(&house, Exports::ByOwner).await;
        stayed(&house, &task, "key_task_forged").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_person_is_one_that_the_deciding_side_saw() {
    let approvers = [None, Some("olivia"), Some("mallory")];
    for approver in approvers {
        let house = House::new().await;
        let app = exporting(&house, Exports::ByTwo);
        let task = app
            .custody_export(&house.owner, &treasury(), &to_age())
            .await;
        let task = task.unwrap();
        altered(&house, &task, |row| {
            row.state = running(approver.map(somebody));
        })
        .await;
        work_as(&house, Exports::ByTwo).await;
        stayed(&house, &task, "key_task_forged").await;
    }
    let house = House::new().await;
    let app = exporting(&house, Exports::ByTwo);
    let anna = house.caller("anna", Role::Approver).await;
    let task = app
        .custody_export(&house.owner, &treasury(), &to_age())
        .await;
    let task = task.unwrap();
    let id = task.id.parse().unwrap();
    app.custody_approve(&anna, id).await.unwrap();
    altered(&house, &task, |row| {
        row.state = running(Some(somebody("mallory")));
    })
    .await;
    work_as(&house, Exports::ByTwo).await;
    stayed(&house, &task, "key_task_forged").await;
}

#[tokio::test(start_paused = true)]
async fn nobody_lets_pass_what_was_altered_since_it_was_asked_for() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByTwo);
    let anna = house.caller("anna", Role::Approver).await;
    let task = app
        .custody_export(&house.owner, &treasury(), &to_age())
        .await;
    let task = task.unwrap();
    altered(&house, &task, |row| {
        if let KeyWork::Export { export, .. } = &mut row.work {
            *export = Export::Age {
                recipient: THIEF.to_owned(),
            };
        }
    })
    .await;
    let id = task.id.parse().unwrap();
    assert_eq!(
        refused(app.custody_approve(&anna, id).await),
        "key_task_forged"
    );
    assert!(app.custody_reject(&anna, id).await.is_ok());
}

async fn tenant_in(house: &House, state: TenantState) {
    let mut unit = house.store.begin(house.tenant).await.unwrap();
    let tenant = unit.tenant_fetch().await.unwrap().unwrap();
    let next = vaultpilot_core::Tenant { state, ..tenant };
    unit.tenant_update(&next).await.unwrap();
    unit.commit().await.unwrap();
}

fn frozen(house: &House) -> TenantState {
    TenantState::Frozen {
        reason: "in doubt".to_owned(),
        at: vaultpilot_core::Clock::now(&house.clock),
    }
}

#[tokio::test(start_paused = true)]
async fn no_key_of_a_frozen_tenant_leaves_at_any_step() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByTwo);
    let anna = house.caller("anna", Role::Approver).await;
    let ask = async |by: &Caller| app.custody_export(by, &treasury(), &to_age()).await;
    let id = |task: &KeyTaskView| task.id.parse().unwrap();
    let (asked, agreed, done) = (
        ask(&house.owner).await.unwrap(),
        ask(&house.owner).await.unwrap(),
        ask(&house.owner).await.unwrap(),
    );
    app.custody_approve(&anna, id(&done)).await.unwrap();
    work_as(&house, Exports::ByTwo).await;
    assert!(looked(&house, &done).await.bundle);
    app.custody_approve(&anna, id(&agreed)).await.unwrap();
    tenant_in(&house, frozen(&house)).await;
    assert_eq!(refused(ask(&house.owner).await), "tenant_frozen");
    let answer = app.custody_approve(&anna, id(&asked)).await;
    assert_eq!(refused(answer), "tenant_frozen");
    let fetched = app.custody_bundle(&house.owner, id(&done)).await;
    assert_eq!(refused(fetched), "tenant_frozen");
    work_as(&house, Exports::ByTwo).await;
    assert_eq!(failure(&looked(&house, &agreed).await), "tenant_frozen");
    tenant_in(&house, TenantState::Active).await;
    assert!(app.custody_bundle(&house.owner, id(&done)).await.is_ok());
    assert!(app.custody_approve(&anna, id(&asked)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn no_key_leaves_whose_wallets_resource_was_deleted() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByOwner);
    let wallet = house.wallet("treasury").await;
    let state = WalletState::Detached {
        at: vaultpilot_core::Clock::now(&house.clock),
        was: Box::new(WalletState::Active),
    };
    let mut unit = house.store.begin(house.tenant).await.unwrap();
    unit.wallet_update(wallet.id, &state).await.unwrap();
    unit.commit().await.unwrap();
    let asked = app
        .custody_export(&house.owner, &treasury(), &to_age())
        .await;
    assert_eq!(refused(asked), "wallet_detached");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sealed_to_a_key_that_the_house_did_not_make() {
    let house = House::new().await;
    let key = brought(&house, "till", 3).await;
    let made = kek(&house).await;
    let mut unit = house.store.begin(house.tenant).await.unwrap();
    let forged = TenantKek {
        version: made.version + 1,
        generation: 1,
        imports: [9; 32],
        ..made
    };
    unit.kek_insert(&forged).await.unwrap();
    unit.commit().await.unwrap();
    let status = house.app.custody_status(&house.owner).await.unwrap();
    assert_eq!(status.recipient, None);
    assert!(status.trouble.unwrap().starts_with("kek_forged"));
    let asked = import_of(vec![key]);
    let asked = house.app.custody_import(&house.owner, &asked).await;
    assert_eq!(refused(asked), "kek_forged");
    let wallet = CreateWallet {
        label: label("new"),
        chains: vec![],
    };
    let asked = house.app.person_wallet_create(&house.owner, &wallet).await;
    assert_eq!(refused(asked), "kek_forged");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_imported_that_was_sealed_for_a_key_the_house_did_not_make() {
    let house = House::new().await;
    let key = brought(&house, "till", 3).await;
    let made = kek(&house).await;
    let context = KekContext {
        tenant: house.tenant,
        version: made.version + 2,
    };
    let newest = house.keys.kek(&KeyManagement::Local, context).await;
    let forged = TenantKek {
        version: made.version + 1,
        generation: 1,
        imports: [9; 32],
        ..made
    };
    let mut unit = house.store.begin(house.tenant).await.unwrap();
    unit.kek_insert(&forged).await.unwrap();
    unit.kek_insert(&newest.unwrap()).await.unwrap();
    unit.commit().await.unwrap();
    let mut asked = import_of(vec![key]);
    asked.kek = Some(forged.version);
    let answer = house.app.custody_import(&house.owner, &asked).await;
    assert_eq!(refused(answer), "kek_forged");
    asked.kek = None;
    assert!(house.app.custody_import(&house.owner, &asked).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_a_provider_says_of_itself_is_told_to_nobody() {
    let house = House::new().await;
    let detail = || "arn:aws:kms:eu-central-1:111122223333:key/1".to_owned();
    for error in [
        KeyError::Denied { detail: detail() },
        KeyError::Disabled { detail: detail() },
        KeyError::Unavailable { detail: detail() },
        KeyError::NotTheTenants { detail: detail() },
        KeyError::Unsupported { what: detail() },
    ] {
        let code = error.code();
        house.keys.refuse_wrapping(Some(error));
        let wallet = CreateWallet {
            label: label("new"),
            chains: vec![],
        };
        let answer = house
            .app
            .person_wallet_adopt(&house.owner, &wallet, "alias/hsm")
            .await;
        let fault = answer.unwrap_err();
        assert_eq!(fault.code(), code);
        assert!(!format!("{fault} {fault:?}").contains("arn:"), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenant_has_a_few_pieces_of_work_at_a_time() {
    let house = House::new().await;
    let app = exporting(&house, Exports::ByTwo);
    let anna = house.caller("anna", Role::Approver).await;
    let ask = async || {
        app.custody_export(&house.owner, &treasury(), &to_age())
            .await
    };
    let mut tasks = Vec::new();
    for _ in 0..8 {
        tasks.push(ask().await.unwrap());
    }
    assert_eq!(refused(ask().await), "too_many_tasks");
    let import = import_of(vec![brought(&house, "till", 3).await]);
    let import = app.custody_import(&house.owner, &import).await;
    assert_eq!(refused(import), "too_many_tasks");
    let status = app.custody_status(&house.owner).await.unwrap();
    assert_eq!(status.tasks.len(), 8);
    app.custody_reject(&anna, tasks[0].id.parse().unwrap())
        .await
        .unwrap();
    assert!(ask().await.is_ok());
    house.clock.advance(Duration::from_hours(24));
    work_as(&house, Exports::ByTwo).await;
    assert!(ask().await.is_ok(), "what nobody agreed to makes room");
}
