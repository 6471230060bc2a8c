//! Killed anywhere, a task goes on where it was and ends as it would have ended.

use std::time::Duration;

use vaultpilot_app::{Exports, KeyTaskView};
use vaultpilot_core::Address;
use vaultpilot_ports::Store;
use vaultpilot_ports::keys::Export;
use vaultpilot_ports::store::{KeyLevel, Page};
use vaultpilot_testkit::store::FailPoint;

use super::{Doors, RECIPIENT, brought, custody, exporting, import_of, kek, looked, wallets, work};
use crate::house::{House, id, payment, treasury};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Import,
    Export,
    Root,
    Tenant,
}

const ALL: [Task; 4] = [Task::Import, Task::Export, Task::Root, Task::Tenant];

async fn begun(house: &House, task: Task) -> KeyTaskView {
    let rotate = |level| house.app.custody_rotate(&house.owner, level);
    let asked = match task {
        Task::Import => {
            let mut keys = Vec::new();
            for seed in 1..5 {
                keys.push(brought(house, &format!("i{seed}"), seed).await);
            }
            house
                .app
                .custody_import(&house.owner, &import_of(keys))
                .await
        }
        Task::Export => {
            let export = Export::Age {
                recipient: RECIPIENT.to_owned(),
            };
            exporting(house, Exports::ByOwner)
                .custody_export(&house.owner, &treasury(), &export)
                .await
        }
        Task::Root => {
            house.keys.rotate_root();
            rotate(KeyLevel::Root).await
        }
        Task::Tenant => rotate(KeyLevel::Tenant).await,
    };
    asked.unwrap()
}

/// The house with enough wallets for three pages of a rotation.
async fn house_for(task: Task) -> House {
    let house = House::new().await;
    if task == Task::Tenant {
        super::rotate::old_wallet(&house, "old").await;
        for number in 0..105 {
            house.open(&format!("w{number}")).await;
        }
    }
    house
}

/// Whatever happened before, it ends well, once, and payments are signed.
async fn ends_well(house: &House, task: Task, asked: &KeyTaskView, addresses: &[Address]) {
    for _ in 0..3 {
        work(house).await;
    }
    let done = looked(house, asked).await;
    assert_eq!(done.state, "succeeded", "{task:?}: {done:?}");
    let mut view = house.store.read(house.tenant).await.unwrap();
    let after = view.wallet_list(Page::first(200)).await.unwrap();
    let kept = addresses
        .iter()
        .all(|address| after.iter().any(|wallet| wallet.address == *address));
    assert!(kept, "{task:?}: a wallet is gone");
    let newest = view.kek_current().await.unwrap().unwrap();
    let keks = view.kek_list().await.unwrap().len();
    let behind = view
        .wallet_key_list_behind(newest.version, None, 10)
        .await
        .unwrap();
    drop(view);
    let expected = match task {
        Task::Import => addresses.len() + 4,
        _ => addresses.len(),
    };
    assert_eq!(after.len(), expected, "{task:?}");
    if task == Task::Tenant {
        assert_eq!((keks, newest.version, behind.len()), (1, 2, 0));
    }
    let entries = house.audit().await;
    let ended = entries.iter().filter(|entry| {
        entry.draft.action == vaultpilot_audit::Action::KeyTaskEnded
            && entry
                .draft
                .facts
                .contains(&("task".to_owned(), asked.id.clone()))
    });
    assert_eq!(ended.count(), 1, "{task:?} ended once");
    house.execute();
    let paid = house.pay(&payment("0.1")).await;
    house.finish(id(&paid)).await;
}

async fn addresses(house: &House) -> Vec<Address> {
    let mut view = house.store.read(house.tenant).await.unwrap();
    let all = view.wallet_list(Page::first(200)).await.unwrap();
    all.iter().map(|wallet| wallet.address).collect()
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_use_of_a_key_a_task_ends_well() {
    for task in ALL {
        let calls = {
            let house = house_for(task).await;
            begun(&house, task).await;
            let doors = Doors::of(&house);
            custody(&house, &doors).tick().await.unwrap();
            doors.calls()
        };
        assert!(calls > 0, "{task:?} uses keys");
        let step = if calls > 20 { 17 } else { 1 };
        for dies_at in (0..calls).step_by(step) {
            let house = house_for(task).await;
            let before = addresses(&house).await;
            let asked = begun(&house, task).await;
            let doors = Doors::dying(&house, dies_at);
            let killed = custody(&house, &doors);
            let dead = tokio::time::timeout(Duration::from_secs(5), killed.tick()).await;
            assert!(dead.is_err(), "{task:?} was killed at {dies_at}");
            drop(killed);
            ends_well(&house, task, &asked, &before).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_store_that_fails_at_any_write_a_task_ends_well() {
    for task in ALL {
        for point in [
            FailPoint::Begin,
            FailPoint::Read,
            FailPoint::Audit,
            FailPoint::Commit,
            FailPoint::CommitAnswer,
        ] {
            for failures in 1..3 {
                let house = house_for(task).await;
                let before = addresses(&house).await;
                let asked = begun(&house, task).await;
                for _ in 0..failures {
                    house.store.fail_next(point);
                }
                let doors = Doors::of(&house);
                let custody = custody(&house, &doors);
                // What it says is not what counts: what is stored is.
                for _ in 0..failures {
                    let _ = custody.tick().await;
                }
                drain(&house).await;
                ends_well(&house, task, &asked, &before).await;
            }
        }
    }
}

/// What was not met of the failures is met here.
async fn drain(house: &House) {
    for _ in 0..3 {
        let _ = house.store.read(house.tenant).await;
        if let Ok(mut unit) = house.store.begin(house.tenant).await {
            let _ = unit.audit_append(Vec::new()).await;
            let _ = unit.commit().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn several_at_once_do_it_once() {
    for task in ALL {
        let house = house_for(task).await;
        let before = addresses(&house).await;
        let asked = begun(&house, task).await;
        let doors = [Doors::of(&house), Doors::of(&house), Doors::of(&house)];
        let crews: Vec<_> = doors.iter().map(|doors| custody(&house, doors)).collect();
        let worked =
            futures::future::join_all(crews.iter().map(vaultpilot_app::Custody::tick)).await;
        assert!(worked.into_iter().all(|it| it.is_ok()));
        ends_well(&house, task, &asked, &before).await;
        assert!(wallets(&house).await > 0 && kek(&house).await.version > 0);
    }
}

/// The named points, at which a test build dies: here by a panic, which unwinds no further than the
/// task it is in. Points are the whole process's, so only this test's thread dies at them.
#[cfg(feature = "failpoints")]
#[tokio::test(start_paused = true)]
async fn killed_at_every_named_point_a_task_ends_well() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let here = std::thread::current().id();
    let mut met = std::collections::BTreeSet::new();
    for point in vaultpilot_app::failpoint::CUSTODY {
        for task in ALL {
            let house = house_for(task).await;
            let before = addresses(&house).await;
            let asked = begun(&house, task).await;
            let died = AtomicBool::new(false);
            fail::cfg_callback(*point, move || {
                let mine = std::thread::current().id() == here;
                assert!(!mine || died.swap(true, Ordering::SeqCst), "killed");
            })
            .unwrap();
            let doors = Doors::of(&house);
            let killed = custody(&house, &doors);
            let tracker = tokio_util::task::TaskTracker::new();
            let running = tracker.spawn(async move { killed.tick().await });
            if running.await.is_err() {
                met.insert(*point);
            }
            fail::remove(*point);
            ends_well(&house, task, &asked, &before).await;
        }
    }
    let all = vaultpilot_app::failpoint::CUSTODY.iter().copied().collect();
    assert_eq!(met, all, "every point was met");
}
