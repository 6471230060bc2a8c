//! Connections that break in the middle.

use std::time::Duration;

use vaultpilot_ports::store::Store as _;
use vaultpilot_store::{PostgresError, PostgresOptions, PostgresStore};
use vaultpilot_testkit::fixture::{policy, wallet, wrapped_key};

use super::ground::{APP, Database, cause, database, has, settle};
use super::proxy::Proxy;

const NAME: &str = "vaultpilot";

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_whose_connection_broke_leaves_nothing() {
    let database = database().await;
    let store = database.store().await;
    let ours = settle(&store).await;
    let new = wallet().of(ours.tenant).build();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    database.cut(NAME).await;
    assert!(matches!(
        cause(tx.wallet_fetch(new.id).await),
        PostgresError::Query(_)
    ));
    assert!(matches!(
        cause(tx.commit().await),
        PostgresError::Interrupted
    ));
    assert!(!has(&store, &ours, new.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_on_a_broken_connection_fails() {
    let database = database().await;
    let store = database.store().await;
    let ours = settle(&store).await;
    let new = wallet().of(ours.tenant).build();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    database.cut(NAME).await;
    assert!(matches!(cause(tx.commit().await), PostgresError::Query(_)));
    assert!(!has(&store, &ours, new.id).await);
}

/// A server that restarted between two units is not noticed.
#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_that_broke_are_replaced() {
    let database = database().await;
    let store = database.store().await;
    let ours = settle(&store).await;
    for name in ["first", "second", "third"] {
        database.cut(NAME).await;
        let mut tx = store.begin(ours.tenant).await.unwrap();
        tx.policy_put(&policy(name)).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut view = store.read(ours.tenant).await.unwrap();
    assert_eq!(view.policy_list().await.unwrap().len(), 3);
}

/// Makes every commit of a new wallet take `seconds`.
async fn slow_commits(database: &Database, seconds: f32) {
    let slow = format!(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON wallets DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION slow();"
    );
    database.run(&slow).await;
}

/// The line breaks while the database commits: the answer is lost, the commit is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_that_was_never_answered_is_asked_after() {
    let database = database().await;
    let proxy = Proxy::to(database.port()).await;
    let url = database.url(APP).replace(
        &format!(":{}/", database.port()),
        &format!(":{}/", proxy.port),
    );
    let store = PostgresStore::connect(&PostgresOptions::new(url))
        .await
        .unwrap();
    let ours = settle(&store).await;
    slow_commits(&database, 0.6).await;
    let new = wallet().of(ours.tenant).build();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    let lines = proxy.opened();
    let cut = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        proxy.cut();
    };
    let (committed, ()) = tokio::join!(tx.commit(), cut);
    committed.unwrap();
    assert!(proxy.opened() > lines, "it was asked on another line");
    assert!(has(&store, &ours, new.id).await);
}

/// The server ends the session while it commits: it is rolled back, and that is what is said.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_that_was_broken_off_is_asked_after() {
    let database = database().await;
    let store = database.store().await;
    let ours = settle(&store).await;
    slow_commits(&database, 5.0).await;
    let new = wallet().of(ours.tenant).build();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    let cut = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        database.cut(NAME).await;
    };
    let (committed, ()) = tokio::join!(tx.commit(), cut);
    assert!(matches!(cause(committed), PostgresError::Query(_)));
    assert!(!has(&store, &ours, new.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_told_of() {
    let options = PostgresOptions {
        patience: Duration::from_secs(2),
        ..PostgresOptions::new("postgres://a:secret@127.0.0.1:1/x?sslmode=disable")
    };
    let error = cause(PostgresStore::connect(&options).await);
    assert!(matches!(error, PostgresError::Connect(_)), "{error:?}");
    assert!(!format!("{error:?} {options:?}").contains("secret"));
}
