//! Copies of the whole file, and what is done to one before anybody works with it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use vaultpilot_audit::{Action, Actor, Draft, Outcome};
use vaultpilot_core::{Timestamp, Wallet, WalletState};
use vaultpilot_ports::keys::{Export, SealedKey};
use vaultpilot_ports::store::{KeyTask, KeyTaskState, KeyWork, Page, Store};
use vaultpilot_store::{RestoreNote, Restored, SqliteError, SqliteOptions, SqliteStore};
use vaultpilot_testkit::fixture::{
    CHAIN, audit_id, hash, kek, key_import, key_task, label, moved_task, second, wallet, wallet_id,
    wrapped_key,
};

use crate::ground::{Place, cause, database, place};

pub(crate) fn draft(action: Action) -> Draft {
    Draft::new(
        audit_id(),
        second(1),
        action,
        Actor::System,
        Outcome::Succeeded,
    )
}

pub(crate) fn note(at: Timestamp) -> RestoreNote {
    RestoreNote {
        at,
        draft: Box::new(|_, wallets| draft(Action::HouseRestored).fact("wallets", wallets)),
    }
}

/// A wallet and its entry, together or not at all.
pub(crate) async fn grow(store: &dyn Store, like: &Wallet) {
    let more = wallet().of(like.tenant).build();
    let mut tx = store.begin(like.tenant).await.unwrap();
    tx.wallet_insert(&more, &wrapped_key(1)).await.unwrap();
    tx.audit_append(vec![draft(Action::WalletCreated)])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, &SqliteOptions::default())
        .await
        .unwrap()
}

async fn wallets(store: &SqliteStore, like: &Wallet) -> Vec<Wallet> {
    let mut view = store.read(like.tenant).await.unwrap();
    view.wallet_list(Page::first(Page::MAX)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_of_one_instant_while_writes_go_on() {
    let place = place().await;
    let first = place.settle().await;
    let over = Arc::new(AtomicBool::new(false));
    let (store, like, end) = (place.store.clone(), first.clone(), Arc::clone(&over));
    let mut writers = tokio::task::JoinSet::new();
    writers.spawn(async move {
        let mut count = 0u64;
        while !end.load(Ordering::Relaxed) && count < 190 {
            grow(&store, &like).await;
            count += 1;
        }
        count
    });
    let mut seen = Vec::new();
    for number in 0..5 {
        let to = place.folder.path().join(format!("copy-{number}.db"));
        let told = SqliteStore::snapshot(database(&place.folder), &to)
            .await
            .unwrap();
        let copy = open(&to).await;
        assert_eq!(copy.check_all().await.unwrap(), Vec::<String>::new());
        assert_eq!(
            copy.describe().await.unwrap(),
            told,
            "told of what is in it"
        );
        let mut view = copy.read(first.tenant).await.unwrap();
        let entries = view.audit_list(0, u32::MAX).await.unwrap();
        let head = vaultpilot_audit::verify(first.tenant, &entries).unwrap();
        assert_eq!(told.tenants[0].audit, head);
        drop(view);
        // The first wallet has no entry.
        assert_eq!(wallets(&copy, &first).await.len(), entries.len() + 1);
        seen.push(entries.len());
    }
    over.store(true, Ordering::Relaxed);
    let written = writers.join_next().await.unwrap().unwrap();
    assert!(written > 0 && seen.is_sorted(), "{seen:?} of {written}");
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_holds_every_table_there_is() {
    let place = place().await;
    let first = place.settle().await;
    let mut intruder = place.intruder();
    intruder
        .batch_execute("CREATE TABLE \"of \"\"tomorrow\" (id INTEGER); INSERT INTO \"of \"\"tomorrow\" VALUES (7)")
        .unwrap();
    let to = place.folder.path().join("copy.db");
    let told = SqliteStore::snapshot(database(&place.folder), &to)
        .await
        .unwrap();
    let all: Vec<Name> = diesel::sql_query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> '__diesel_schema_migrations'
         ORDER BY name",
    )
    .load(&mut intruder)
    .unwrap();
    let all: Vec<String> = all.into_iter().map(|it| it.name).collect();
    let copied: Vec<String> = told.tables.iter().map(|it| it.name.clone()).collect();
    assert_eq!(copied, all);
    let rows = |name: &str| told.tables.iter().find(|it| it.name == name).unwrap().rows;
    assert_eq!(
        (rows("wallets"), rows("of \"tomorrow"), rows("intents")),
        (1, 1, 0)
    );
    assert_eq!(told.roots, ["fake"]);
    assert_eq!(told.tenants[0].id, first.tenant.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_overwrites_nothing_and_makes_no_database() {
    let place = place().await;
    let to = place.folder.path().join("taken.db");
    std::fs::write(&to, "mine").unwrap();
    let refused = cause(SqliteStore::snapshot(database(&place.folder), &to).await);
    assert!(matches!(refused, SqliteError::File(_)), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "mine");
    let (absent, never) = (
        place.folder.path().join("absent.db"),
        place.folder.path().join("never"),
    );
    let refused = cause(SqliteStore::snapshot(&absent, &never).await);
    assert!(matches!(refused, SqliteError::File(_)), "{refused:?}");
    assert!(!absent.exists() && !never.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_wallet_of_a_backup_may_sign() {
    let place = place().await;
    let active = place.settle().await;
    let (at, back) = (second(5), second(9));
    let frozen = || WalletState::Frozen {
        reason: "odd".to_owned(),
        at,
    };
    let resumed = || WalletState::Resumed {
        at,
        chains: vec![CHAIN],
    };
    let detached = |was| WalletState::Detached {
        at,
        was: Box::new(was),
    };
    let restored = |at, was| WalletState::Restored {
        at,
        was: Box::new(was),
    };
    let cases = [
        ("frozen", frozen(), restored(back, frozen())),
        ("resumed", resumed(), restored(back, resumed())),
        (
            "detached",
            detached(WalletState::Active),
            detached(restored(back, WalletState::Active)),
        ),
        // Restored twice, it comes back as what it was before the first time.
        (
            "again",
            restored(at, WalletState::Active),
            restored(back, WalletState::Active),
        ),
    ];
    for (name, state, _) in &cases {
        let mut one = wallet().of(active.tenant).build();
        one.label = label(name);
        let mut tx = place.begin(&active).await;
        tx.wallet_insert(&one, &wrapped_key(1)).await.unwrap();
        tx.wallet_update(one.id, state).await.unwrap();
        tx.audit_append(vec![draft(Action::WalletCreated)])
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let marked = place.store.mark_restored(note(back)).await.unwrap();
    let all = Restored {
        tenants: 1,
        wallets: 5,
    };
    assert_eq!(marked, all);
    let found = wallets(&place.store, &active).await;
    assert_eq!(found.len(), 5);
    assert!(
        found
            .iter()
            .all(|it| !it.state.may_sign() && it.state.before_restore().is_some())
    );
    for (name, _, expected) in &cases {
        let one = found.iter().find(|it| it.label.as_str() == *name).unwrap();
        assert_eq!(one.state, *expected, "{name}");
    }
    let mut view = place.store.read(active.tenant).await.unwrap();
    let entries = view.audit_list(0, u32::MAX).await.unwrap();
    vaultpilot_audit::verify(active.tenant, &entries).unwrap();
    let last = &entries.last().unwrap().draft;
    assert_eq!(last.action, Action::HouseRestored);
    let facts =
        [("wallets", "5"), ("key_tasks", "0")].map(|(name, it)| (name.to_owned(), it.to_owned()));
    assert_eq!(last.facts, facts);
}

/// An import and an export under way, one that waits, one whose bundle waits, and one that is over;
/// each with how it comes back.
pub(crate) fn tasks(at: Timestamp) -> Vec<(KeyTask, KeyTask)> {
    let keystore = |password: &str| KeyWork::Export {
        wallet: wallet_id(),
        export: Export::Keystore {
            password: password.to_owned(),
            kek: 1,
        },
        voucher: (!password.is_empty()).then(hash),
    };
    let done = |bundle: Option<&str>| KeyTaskState::Succeeded {
        done: 1,
        bundle: bundle.map(str::to_owned),
        addresses: vec![],
    };
    let awaiting = KeyTaskState::AwaitingApproval { expires_at: at };
    let import = key_task(key_import(1));
    let export = key_task(keystore("sealed"));
    let waits = moved_task(&key_task(keystore("sealed")), awaiting);
    let ready = moved_task(&key_task(keystore("")), done(Some("bundle")));
    let over = moved_task(&key_task(keystore("")), done(None));

    let end = |task: &KeyTask, state| KeyTask {
        revision: task.revision + 1,
        state,
        updated_at: at,
        ..task.clone()
    };
    let failed = |task: &KeyTask| {
        let mut ended = end(
            task,
            KeyTaskState::Failed {
                code: "restored".to_owned(),
                detail: "the house was restored from a backup; ask again".to_owned(),
            },
        );
        match &mut ended.work {
            KeyWork::Import { keys, .. } => keys
                .iter_mut()
                .for_each(|key| key.sealed = SealedKey(String::new())),
            KeyWork::Export {
                export, voucher, ..
            } => {
                *voucher = None;
                *export = Export::Keystore {
                    password: String::new(),
                    kek: 1,
                };
            }
            KeyWork::Rotate { .. } => {}
        }
        ended
    };
    vec![
        (import.clone(), failed(&import)),
        (export.clone(), failed(&export)),
        (waits.clone(), failed(&waits)),
        (ready.clone(), end(&ready, done(None))),
        (over.clone(), over),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_work_on_keys_of_a_backup_is_taken_up() {
    let place = place().await;
    let ours = place.settle().await;
    let back = second(9);
    let tasks = tasks(back);
    let mut tx = place.begin(&ours).await;
    tx.kek_insert(&kek(1)).await.unwrap();
    for (task, _) in &tasks {
        tx.key_task_insert(task).await.unwrap();
    }
    tx.commit().await.unwrap();
    place.store.mark_restored(note(back)).await.unwrap();
    assert_eq!(place.store.key_task_open(Timestamp::MAX).await.unwrap(), []);
    let mut view = place.store.read(ours.tenant).await.unwrap();
    for (task, expected) in &tasks {
        let found = view.key_task_fetch(task.id).await.unwrap().unwrap();
        assert_eq!(found, *expected);
    }
    let entries = view.audit_list(0, u32::MAX).await.unwrap();
    let facts = &entries.last().unwrap().draft.facts;
    assert!(facts.contains(&("key_tasks".to_owned(), "4".to_owned())));
}

/// A file as an earlier program left it: its schema, and rows as it wrote them.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_an_older_schema_goes_on_in_the_newest() {
    const LAST: &str = "0019";
    let Place { folder, store } = place().await;
    drop(store);
    let old = folder.path().join("old.db");
    let mut conn = SqliteConnection::establish(old.to_str().unwrap()).unwrap();
    conn.batch_execute(
        "PRAGMA journal_mode = WAL;
         CREATE TABLE __diesel_schema_migrations (
             version VARCHAR(50) PRIMARY KEY NOT NULL,
             run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
         );",
    )
    .unwrap();
    let changes = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let mut changes: Vec<_> = std::fs::read_dir(changes)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    changes.sort();
    for change in &changes {
        let version = &change.file_name().unwrap().to_str().unwrap()[..4];
        if version <= LAST {
            conn.batch_execute(&std::fs::read_to_string(change.join("up.sql")).unwrap())
                .unwrap();
            conn.batch_execute(&format!(
                "INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"
            ))
            .unwrap();
        }
    }
    let one = wallet().build();
    let (tenant, id, address) = (one.tenant, one.id, format!("{:#x}", one.address));
    conn.batch_execute(&format!(
        "INSERT INTO tenants (id, name, state, quota, created_at)
             VALUES ('{tenant}', 'acme', '{{\"state\":\"active\"}}', '{{}}', 0);
         INSERT INTO wallets (tenant_id, id, label, address, chains, state, created_at)
             VALUES ('{tenant}', '{id}', 'old', '{address}', '[]', '{{\"state\":\"active\"}}', 0);
         INSERT INTO wallet_keys (tenant_id, wallet_id, version, provider, envelope)
             VALUES ('{tenant}', '{id}', 1, 'local', x'0102');"
    ))
    .unwrap();
    drop(conn);
    let to = folder.path().join("copy.db");
    let told = SqliteStore::snapshot(&old, &to).await.unwrap();
    assert_eq!(told.schema, LAST);
    let copy = open(&to).await;
    let pending = copy.pending().await.unwrap();
    assert_eq!(copy.migrate().await.unwrap(), pending);
    assert!(pending > 0 && copy.pending().await.unwrap() == 0);
    assert_eq!(copy.check_all().await.unwrap(), Vec::<String>::new());
    copy.mark_restored(note(second(9))).await.unwrap();
    let mut view = copy.read(tenant).await.unwrap();
    let found = view.wallet_fetch(id).await.unwrap().unwrap();
    assert_eq!(found.state.before_restore(), Some(&WalletState::Active));
    let key = view.wallet_key_fetch(id).await.unwrap().unwrap();
    assert_eq!(
        (key.version, key.generation, key.envelope),
        (1, 1, vec![1, 2])
    );
}
