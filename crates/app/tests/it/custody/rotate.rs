//! Every level is rotated, whatever is signed meanwhile, and what was before is deleted at the end.

use vaultpilot_audit::Action;
use vaultpilot_core::{Duration, Role, Wallet, WalletId};
use vaultpilot_ports::Store;
use vaultpilot_ports::control_plane::{CreateWallet, TransferRequest};
use vaultpilot_ports::keys::{KeyContext, KeyError, TenantKek};
use vaultpilot_ports::store::KeyLevel;
use vaultpilot_testkit::fixture::{address, label};

use super::{Doors, brought, custody, failure, import_of, kek, looked, refused, stored, work};
use crate::house::{House, id, payment};

async fn keks(house: &House) -> Vec<TenantKek> {
    let mut view = house.store.read(house.tenant).await.unwrap();
    view.kek_list().await.unwrap()
}

async fn under(house: &House, wallet: WalletId) -> Option<u32> {
    let mut view = house.store.read(house.tenant).await.unwrap();
    view.wallet_key_fetch(wallet).await.unwrap().unwrap().kek
}

/// A wallet whose key was wrapped before tenants had keys of their own.
pub(super) async fn old_wallet(house: &House, name: &str) -> Wallet {
    let treasury = house.wallet("treasury").await;
    let id = vaultpilot_testkit::fixture::wallet_id();
    let context = KeyContext {
        tenant: house.tenant,
        wallet: id,
        version: 1,
    };
    let (address, key) = house.keys.generate_first(context);
    let wallet = Wallet {
        id,
        label: label(name),
        address,
        ..treasury
    };
    let mut unit = house.store.begin(house.tenant).await.unwrap();
    unit.wallet_insert(&wallet, &key).await.unwrap();
    unit.commit().await.unwrap();
    wallet
}

#[tokio::test(start_paused = true)]
async fn a_tenant_gets_another_key_and_every_wallet_comes_under_it() {
    let house = House::new().await;
    for number in 0..60 {
        house.open(&format!("w{number}")).await;
    }
    let old = old_wallet(&house, "old").await;
    house.keys.make_elsewhere("alias/hsm", Some(&label("acme")));
    let hsm = CreateWallet {
        label: label("hsm"),
        chains: vec![],
    };
    house
        .app
        .person_wallet_adopt(&house.owner, &hsm, "alias/hsm")
        .await
        .unwrap();
    let before = kek(&house).await;
    let task = house
        .app
        .custody_rotate(&house.owner, KeyLevel::Tenant)
        .await;
    let task = task.unwrap();
    assert_eq!((task.done, task.total), (0, 62));
    let new = kek(&house).await;
    assert_eq!(new.version, before.version + 1);
    assert_ne!(new.seals, before.seals);
    work(&house).await;
    let done = looked(&house, &task).await;
    assert_eq!((done.state.as_str(), done.done), ("succeeded", 62));
    assert_eq!(under(&house, old.id).await, Some(2));
    assert_eq!(under(&house, house.wallet("hsm").await.id).await, None);
    assert_eq!(keks(&house).await, vec![new], "the old one is deleted");
    let status = house.app.custody_status(&house.owner).await.unwrap();
    assert_eq!(status.keks[0].wallet_keys, 62);
    assert_eq!(status.recipient.unwrap().kek, 2);
    let entries = house.audit().await;
    let count = |action| {
        let of = entries.iter().filter(|entry| entry.draft.action == action);
        of.count()
    };
    assert_eq!(count(Action::WalletKeyRewrapped), 62);
    assert_eq!(count(Action::KekRotated), 1);
}

#[tokio::test(start_paused = true)]
async fn a_root_that_was_rotated_wraps_the_tenants_keys_anew() {
    let house = House::new().await;
    let before = kek(&house).await;
    let rotate = async || {
        let task = house.app.custody_rotate(&house.owner, KeyLevel::Root).await;
        let task = task.unwrap();
        work(&house).await;
        looked(&house, &task).await
    };
    let idle = rotate().await;
    assert_eq!(idle.state, "succeeded");
    assert_eq!(kek(&house).await, before, "nothing to do is nothing done");
    house.keys.rotate_root();
    let done = rotate().await;
    assert_eq!(done.state, "succeeded");
    let after = kek(&house).await;
    assert_eq!((after.version, after.seals), (before.version, before.seals));
    assert_eq!(after.generation, before.generation + 1);
    assert_ne!(after.root, before.root);
    house.execute();
    let paid = house.pay(&payment("0.1")).await;
    house.finish(id(&paid)).await;
}

#[tokio::test(start_paused = true)]
async fn payments_go_on_while_keys_are_rotated() {
    let house = House::new().await;
    house.execute();
    house.execute_with(house.executor("two"));
    for number in 0..120 {
        house.open(&format!("w{number}")).await;
    }
    let mut paid = Vec::new();
    for round in 0..4_u64 {
        house.keys.rotate_root();
        let level = if round % 2 == 0 {
            KeyLevel::Tenant
        } else {
            KeyLevel::Root
        };
        let task = house.app.custody_rotate(&house.owner, level).await.unwrap();
        let (one, two) = (Doors::of(&house), Doors::of(&house));
        let (one, two) = (custody(&house, &one), custody(&house, &two));
        let pays = async {
            let mut ids = Vec::new();
            for shop in 0..3 {
                let request = TransferRequest {
                    to: address(0x3000 + 10 * round + shop),
                    ..payment("0.05")
                };
                ids.push(id(&house.pay(&request).await));
                tokio::task::yield_now().await;
            }
            ids
        };
        let (first, second, ids) = tokio::join!(one.tick(), two.tick(), pays);
        first.unwrap();
        second.unwrap();
        paid.extend(ids);
        for _ in 0..4 {
            work(&house).await;
        }
        let done = looked(&house, &task).await;
        assert_eq!(done.state, "succeeded", "{done:?}");
    }
    for payment in &paid {
        house.finish(*payment).await;
    }
    assert_eq!((paid.len(), house.keys.signed().len()), (12, 12));
    assert_eq!(keks(&house).await.len(), 1);
    house.audit().await;
}

#[tokio::test(start_paused = true)]
async fn a_wallet_made_while_keys_are_rotated_is_under_a_key_that_stays() {
    let house = House::new().await;
    for number in 0..6 {
        let task = house
            .app
            .custody_rotate(&house.owner, KeyLevel::Tenant)
            .await;
        task.unwrap();
        let doors = Doors::of(&house);
        let custody = custody(&house, &doors);
        let name = format!("w{number}");
        let (worked, wallet) = tokio::join!(custody.tick(), house.open(&name));
        worked.unwrap();
        work(&house).await;
        let current = kek(&house).await.version;
        assert_eq!(under(&house, wallet.id).await, Some(current));
    }
}

#[tokio::test(start_paused = true)]
async fn asking_twice_is_one_rotation_and_two_levels_wait_for_each_other() {
    let house = House::new().await;
    let first = house
        .app
        .custody_rotate(&house.owner, KeyLevel::Tenant)
        .await;
    let again = house
        .app
        .custody_rotate(&house.owner, KeyLevel::Tenant)
        .await;
    assert_eq!(first.unwrap().id, again.unwrap().id);
    assert_eq!(keks(&house).await.len(), 2);
    let other = house.app.custody_rotate(&house.owner, KeyLevel::Root).await;
    assert_eq!(refused(other), "rotation_running");
    work(&house).await;
    let (one, two) = tokio::join!(
        house.app.custody_rotate(&house.owner, KeyLevel::Tenant),
        house.app.custody_rotate(&house.owner, KeyLevel::Tenant),
    );
    let both = [one, two].map(|it| it.map(|task| task.id));
    let begun: Vec<&String> = both.iter().flatten().collect();
    assert!(begun.windows(2).all(|pair| pair[0] == pair[1]), "{both:?}");
    assert_eq!(keks(&house).await.len(), 2);
    let anna = house.caller("anna", Role::Approver).await;
    for nobody in [&anna, &house.trader] {
        let asked = house.app.custody_rotate(nobody, KeyLevel::Root).await;
        assert_eq!(refused(asked), "forbidden");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_sealed_for_the_one_before_is_opened_while_its_import_is_under_way() {
    let house = House::new().await;
    let key = brought(&house, "till", 1).await;
    let asked = house
        .app
        .custody_import(&house.owner, &import_of(vec![key.clone()]))
        .await
        .unwrap();
    house.keys.refuse_unwrapping(Some(KeyError::TimedOut));
    work(&house).await;
    let rotation = house
        .app
        .custody_rotate(&house.owner, KeyLevel::Tenant)
        .await;
    let rotation = rotation.unwrap();
    house.keys.refuse_unwrapping(None);
    work(&house).await;
    assert_eq!(looked(&house, &asked).await.state, "succeeded");
    assert_eq!(looked(&house, &rotation).await.state, "succeeded");
    assert_eq!(under(&house, house.wallet("till").await.id).await, Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_cannot_be_moved_ends_the_rotation_and_is_not_lost() {
    let house = House::new().await;
    let task = house
        .app
        .custody_rotate(&house.owner, KeyLevel::Tenant)
        .await;
    let task = task.unwrap();
    house.keys.refuse_unwrapping(Some(KeyError::NotUnwrapped));
    work(&house).await;
    assert_eq!(failure(&looked(&house, &task).await), "key_not_unwrapped");
    assert_eq!(keks(&house).await.len(), 2, "both are there");
    house.keys.refuse_unwrapping(None);
    house.execute();
    let paid = house.pay(&payment("0.1")).await;
    house.finish(id(&paid)).await;
    let again = house
        .app
        .custody_rotate(&house.owner, KeyLevel::Tenant)
        .await;
    work(&house).await;
    assert_eq!(looked(&house, &again.unwrap()).await.state, "succeeded");
    assert_eq!(keks(&house).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn progress_is_seen_and_waiting_has_an_end() {
    let house = House::new().await;
    let task = house
        .app
        .custody_rotate(&house.owner, KeyLevel::Tenant)
        .await;
    let task = task.unwrap();
    let id = task.id.parse().unwrap();
    let waited = house.app.custody_task_wait(&house.owner, id, 2).await;
    assert_eq!(waited.unwrap().state, "running");
    let too_long = house.app.custody_task_wait(&house.owner, id, 21).await;
    assert_eq!(refused(too_long), "timeout_too_long");
    let waiting = house.app.custody_task_wait(&house.owner, id, 20);
    let working = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        work(&house).await;
    };
    let (waited, ()) = tokio::join!(waiting, working);
    assert_eq!(waited.unwrap().state, "succeeded");
    let page = vaultpilot_ports::control_plane::ListQuery::default();
    let listed = house.app.custody_tasks(&house.owner, &page).await.unwrap();
    assert_eq!(listed.items.len(), 1);
    assert!(stored(&house, &task).await.revision > 1);
}

/// Makes a wallet's key one that does not open.
async fn spoil(house: &House, wallet: WalletId) {
    let mut unit = house.store.begin(house.tenant).await.unwrap();
    let mut key = unit.wallet_key_fetch(wallet).await.unwrap().unwrap();
    let last = key.envelope.len() - 1;
    key.envelope[last] ^= 1;
    key.envelope[last / 2] ^= 1;
    key.generation += 1;
    unit.wallet_key_rewrap(wallet, &key).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_key_that_does_not_open_stays_behind_and_holds_up_no_other() {
    let house = House::new().await;
    for number in 0..60 {
        house.open(&format!("w{number}")).await;
    }
    let bad = house.wallet("w7").await.id;
    spoil(&house, bad).await;
    let task = house
        .app
        .custody_rotate(&house.owner, KeyLevel::Tenant)
        .await;
    let task = task.unwrap();
    work(&house).await;
    let seen = looked(&house, &task).await;
    assert_eq!(failure(&seen), "keys_left_behind");
    let detail = seen.detail.unwrap();
    assert!(detail.starts_with("60 keys moved, 1 stayed"), "{detail}");
    assert!(detail.contains("w7 ("), "{detail}");
    assert_eq!(under(&house, bad).await, Some(1));
    assert_eq!(under(&house, house.wallet("w59").await.id).await, Some(2));
    assert_eq!(keks(&house).await.len(), 2, "its key is still there");
    house.execute();
    let paid = house.pay(&payment("0.1")).await;
    house.finish(id(&paid)).await;
}

/// Puts another wrapping of the newest key-encryption key there that does not open.
async fn lose_newest(house: &House) {
    let newest = kek(house).await;
    let mut wrapped = newest.wrapped.clone();
    wrapped.reverse();
    let lost = TenantKek {
        generation: newest.generation + 1,
        wrapped,
        ..newest
    };
    let mut unit = house.store.begin(house.tenant).await.unwrap();
    unit.kek_insert(&lost).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nothing_is_deleted_for_a_key_that_does_not_open() {
    let house = House::new().await;
    let rotate = async |level| {
        let task = house.app.custody_rotate(&house.owner, level).await;
        task.unwrap()
    };
    let task = rotate(KeyLevel::Tenant).await;
    lose_newest(&house).await;
    work(&house).await;
    assert_eq!(looked(&house, &task).await.state, "failed");
    let versions: Vec<u32> = keks(&house).await.iter().map(|kek| kek.version).collect();
    assert_eq!(versions, [1, 2], "the one before is still there");
    house.execute();
    let paid = house.pay(&payment("0.1")).await;
    house.finish(id(&paid)).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_deleted_while_the_root_does_not_answer_though_nothing_is_to_move() {
    let house = House::new().await;
    let treasury = house.wallet("treasury").await.id;
    let task = house
        .app
        .custody_rotate(&house.owner, KeyLevel::Tenant)
        .await;
    let task = task.unwrap();
    // Somebody moved the only key, and the task is not told.
    let (old, new) = {
        let keks = keks(&house).await;
        (keks[0].clone(), keks[1].clone())
    };
    let mut unit = house.store.begin(house.tenant).await.unwrap();
    let key = unit.wallet_key_fetch(treasury).await.unwrap().unwrap();
    let context = KeyContext {
        tenant: house.tenant,
        wallet: treasury,
        version: key.version,
    };
    let moved =
        vaultpilot_ports::keys::Custodian::rewrap(&house.keys, context, &key, Some(&old), &new);
    let moved = moved.await.unwrap();
    unit.wallet_key_rewrap(treasury, &moved).await.unwrap();
    unit.commit().await.unwrap();
    house.keys.refuse_unwrapping(Some(KeyError::TimedOut));
    work(&house).await;
    let seen = looked(&house, &task).await;
    assert_eq!(
        (seen.state.as_str(), seen.code.as_deref()),
        ("running", Some("key_provider_timed_out"))
    );
    assert_eq!(keks(&house).await.len(), 2);
    house.keys.refuse_unwrapping(None);
    work(&house).await;
    assert_eq!(looked(&house, &task).await.state, "succeeded");
    assert_eq!(keks(&house).await.len(), 1);
}
