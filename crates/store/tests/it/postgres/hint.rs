//! What one process commits, the others hear of.

use std::time::Duration;

use vaultpilot_ports::store::{Hint, Hints, KeyTaskState, Store as _};
use vaultpilot_store::{PostgresOptions, PostgresStore};
use vaultpilot_testkit::fixture::{
    allowed, key_import, key_task, moved_task, policy, second, strategy, transfer,
};

use super::ground::{Database, database, settle};

async fn hear(hints: &mut dyn Hints) -> Hint {
    tokio::time::timeout(Duration::from_secs(10), hints.next())
        .await
        .expect("a hint comes")
}

async fn listener(database: &Database) -> PostgresStore {
    let options = PostgresOptions {
        application: "listener".to_owned(),
        ..database.options()
    };
    PostgresStore::connect(&options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_hear_each_other() {
    let database = database().await;
    let store = database.store().await;
    let ours = settle(&store).await;
    let mut hints = listener(&database).await.hints().await.unwrap().unwrap();
    assert_eq!(hear(&mut *hints).await, Hint::Heard);

    // What is rolled back is not told.
    let intent = transfer(&ours).build();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.policy_put(&policy("guard")).await.unwrap();
    drop(tx);

    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.commit().await.unwrap();
    let moved = |state| Hint::Moved {
        tenant: ours.tenant,
        intent: intent.id,
        state,
    };
    assert_eq!(hear(&mut *hints).await, moved(intent.state.name()));

    let mut later = intent.clone();
    later.state = vaultpilot_intent::IntentState::Cancelled { at: second(9) };
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.intent_update(intent.state.name(), &later, &allowed())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(hear(&mut *hints).await, moved(later.state.name()));

    // What is none of ours is passed over.
    for rubbish in [
        "",
        "moved",
        "changed nobody",
        "moved a b c",
        "no words of ours",
    ] {
        let told = format!("SELECT pg_notify('vaultpilot', '{rubbish}')");
        database.run(&told).await;
    }

    // One hint for a unit, however much it changes.
    let changed = Hint::Changed {
        tenant: ours.tenant,
    };
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.wallet_update(ours.id, &ours.state).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(hear(&mut *hints).await, changed);
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.strategy_insert(&strategy(&ours, "payroll").due(second(1)).build())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(hear(&mut *hints).await, changed);

    // A task is told of when it is asked for and when its state moves.
    let asked = key_task(key_import(1));
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.key_task_insert(&asked).await.unwrap();
    tx.commit().await.unwrap();
    let task = Hint::KeyTask {
        tenant: ours.tenant,
        task: asked.id,
    };
    assert_eq!(hear(&mut *hints).await, task);
    let progress = KeyTaskState::Running {
        approved_by: None,
        done: 1,
        total: 1,
        last_error: None,
    };
    let progress = moved_task(&asked, progress);
    let ended = moved_task(&progress, KeyTaskState::Expired);
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.key_task_update(asked.revision, &progress).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.key_task_update(progress.revision, &ended).await.unwrap();
    tx.wallet_update(ours.id, &ours.state).await.unwrap();
    tx.commit().await.unwrap();
    // Once for both updates: progress is nobody's business.
    let mut heard = [hear(&mut *hints).await, hear(&mut *hints).await];
    heard.sort_by_key(|hint| *hint == changed);
    assert_eq!(heard, [task, changed]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_told_and_mended() {
    let database = database().await;
    let store = database.store().await;
    let ours = settle(&store).await;
    let mut hints = listener(&database).await.hints().await.unwrap().unwrap();
    assert_eq!(hear(&mut *hints).await, Hint::Heard);
    for name in ["first", "second"] {
        database.cut("listener").await;
        assert_eq!(hear(&mut *hints).await, Hint::Lost);
        // Who stops waiting loses nothing.
        let impatient = tokio::time::timeout(Duration::from_millis(1), hints.next()).await;
        let heard = match impatient {
            Ok(hint) => hint,
            Err(_) => hear(&mut *hints).await,
        };
        assert_eq!(heard, Hint::Heard);
        let mut tx = store.begin(ours.tenant).await.unwrap();
        tx.policy_put(&policy(name)).await.unwrap();
        tx.commit().await.unwrap();
        let changed = Hint::Changed {
            tenant: ours.tenant,
        };
        assert_eq!(hear(&mut *hints).await, changed);
    }
}

/// A database that cannot be reached at first is told once, and heard when it comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_comes_late_is_heard() {
    let database = database().await;
    let store = listener(&database).await;
    let ours = settle(&store).await;
    database
        .run(&format!(
            "ALTER DATABASE {} CONNECTION LIMIT 0",
            database.name
        ))
        .await;
    let mut hints = store.hints().await.unwrap().unwrap();
    assert_eq!(hear(&mut *hints).await, Hint::Lost);
    let silent = tokio::time::timeout(Duration::from_millis(300), hints.next()).await;
    assert!(silent.is_err(), "{silent:?}");
    database
        .run(&format!(
            "ALTER DATABASE {} CONNECTION LIMIT -1",
            database.name
        ))
        .await;
    assert_eq!(hear(&mut *hints).await, Hint::Heard);
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.policy_put(&policy("guard")).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(hear(&mut *hints).await, Hint::Changed { .. }));
}
