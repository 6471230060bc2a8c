//! What a commit that returned means.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use vaultpilot_testkit::fixture::{wallet, wrapped_key};

use crate::ground::{Place, open, place};

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_there_when_the_file_is_opened_again() {
    let place = place().await;
    let ours = place.settle().await;
    let new = wallet().of(ours.tenant).build();
    let mut tx = place.begin(&ours).await;
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    tx.commit().await.unwrap();
    let Place { store, folder } = place;
    drop(store);
    let place = Place {
        store: open(&folder).await.unwrap(),
        folder,
    };
    assert!(place.has(&ours, new.id).await);
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

#[derive(QueryableByName)]
struct Pages {
    #[diesel(sql_type = BigInt)]
    pages: i64,
}

/// The log is what a crash is recovered from: a copy of database and log, taken as a crash would
/// leave them, holds the last commit and nothing of the unit of work that was under way.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_keeps_what_was_committed_and_nothing_else() {
    let place = place().await;
    let ours = place.settle().await;
    let (kept, lost) = (
        wallet().of(ours.tenant).build(),
        wallet().of(ours.tenant).build(),
    );
    let mut tx = place.begin(&ours).await;
    tx.wallet_insert(&kept, &wrapped_key(1)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = place.begin(&ours).await;
    tx.wallet_insert(&lost, &wrapped_key(1)).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    for name in ["vaultpilot.db", "vaultpilot.db-wal"] {
        std::fs::copy(place.folder.path().join(name), folder.path().join(name)).unwrap();
    }
    drop(tx);
    let crashed = Place {
        store: open(&folder).await.unwrap(),
        folder,
    };
    assert!(crashed.has(&ours, kept.id).await);
    assert!(!crashed.has(&ours, lost.id).await);
    let mut conn = crashed.intruder();
    let mode: Mode = diesel::sql_query("PRAGMA journal_mode")
        .get_result(&mut conn)
        .unwrap();
    assert_eq!(mode.journal_mode, "wal");
    let pages: Pages = diesel::sql_query("SELECT page_count AS pages FROM pragma_page_count")
        .get_result(&mut conn)
        .unwrap();
    assert!(pages.pages > 1);
}
