//! A copy goes tenant by tenant and misses no row; what comes back is what was.

use std::io::{BufRead as _, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value};
use vaultpilot_core::{Timestamp, WalletState};
use vaultpilot_ports::store::{Page, Store as _, StoreError};
use vaultpilot_store::{PostgresError, PostgresOptions, PostgresStore, Restored, Snapshot};
use vaultpilot_testkit::fixture::{kek, second};

use super::furnish::furnish;
use super::ground::{Database, OWNER, app, bare, cause, database, settle};
use crate::snapshot::{grow, note, tasks};

/// All tables of a database, by name, as lines.
type Dump = Vec<(String, String)>;

fn owner(database: &Database) -> PostgresOptions {
    let mut options = PostgresOptions::new(database.url(OWNER));
    "backup".clone_into(&mut options.application);
    options
}

async fn dump(database: &Database) -> (Snapshot, Dump) {
    PostgresStore::snapshot(&owner(database), |snapshot| {
        let told = snapshot.describe()?;
        let mut tables = Vec::new();
        for table in &told.tables {
            let mut lines = String::new();
            let mut rows = snapshot.rows(&table.name).unwrap();
            rows.read_to_string(&mut lines).unwrap();
            drop(rows);
            // It says the same as often as it is asked.
            let mut again = String::new();
            let mut rows = snapshot.rows(&table.name).unwrap();
            rows.read_to_string(&mut again).unwrap();
            assert_eq!(lines, again);
            assert_eq!(lines.lines().count() as u64, table.rows, "{}", table.name);
            tables.push((table.name.clone(), lines));
        }
        Ok::<_, StoreError>((told, tables))
    })
    .await
    .unwrap()
}

async fn restore(to: &Database, schema: &str, tables: Dump) -> Result<Restored, StoreError> {
    PostgresStore::restore(
        &owner(to),
        &app(),
        schema,
        note(second(9)),
        move |database| {
            for (name, lines) in &tables {
                let written = database.load(name, lines.as_bytes().lines())?;
                assert_eq!(written, lines.lines().count() as u64, "{name}");
            }
            Ok::<_, StoreError>(())
        },
    )
    .await
}

fn rows(dump: &Dump, table: &str) -> Vec<Map<String, Value>> {
    let (_, lines) = dump.iter().find(|(name, _)| name == table).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_holds_every_row_of_every_table() {
    let database = database().await;
    let store = database.store().await;
    let (one, two) = (furnish(&store).await, settle(&store).await);
    let (told, tables) = dump(&database).await;
    // The server's own list, as somebody sees it whom no border holds.
    let all = database
        .run(
            "SELECT table_name FROM information_schema.tables
             WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'
             ORDER BY table_name COLLATE \"C\"",
        )
        .await;
    let mut copied: Vec<Vec<String>> = tables.iter().map(|(name, _)| vec![name.clone()]).collect();
    copied.sort();
    assert_eq!(copied, all);
    for (name, lines) in &tables {
        let counted = database
            .run(&format!("SELECT count(*) FROM \"{name}\""))
            .await;
        assert_eq!(counted[0][0], lines.lines().count().to_string(), "{name}");
        assert!(
            !lines.is_empty(),
            "{name} has no row: say in `furnish` what is in it"
        );
    }
    let tenants: Vec<String> = told.tenants.iter().map(|it| it.id.clone()).collect();
    let mut expected = vec![one.tenant.to_string(), two.tenant.to_string()];
    expected.sort();
    assert_eq!(tenants, expected);
    assert_eq!(told.roots, ["fake", "local fake:1", "local fake:2"]);
    // A table comes behind those its rows point to.
    for (place, table) in told.tables.iter().enumerate() {
        for reference in &table.references {
            let earlier = &told.tables[..place];
            let there = earlier.iter().any(|it| it.name == reference.table);
            assert!(there, "{} before {}", table.name, reference.table);
        }
    }
}

/// A superuser sees past every border: rows must not come twice for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_the_same_for_whoever_makes_it() {
    let database = database().await;
    let store = database.store().await;
    furnish(&store).await;
    settle(&store).await;
    let (_, ours) = dump(&database).await;
    let superuser = vaultpilot_testkit::postgres::SUPERUSER;
    let mighty = PostgresOptions::new(database.url(superuser));
    let theirs = PostgresStore::snapshot(&mighty, |snapshot| {
        let mut tables = Vec::new();
        for table in snapshot.describe()?.tables {
            let mut lines = String::new();
            let mut rows = snapshot.rows(&table.name).unwrap();
            rows.read_to_string(&mut lines).unwrap();
            tables.push((table.name, lines));
        }
        Ok::<_, StoreError>(tables)
    });
    assert_eq!(theirs.await.unwrap(), ours);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_is_what_was() {
    let database = database().await;
    let store = database.store().await;
    let (ours, _) = (furnish(&store).await, settle(&store).await);
    let (told, before) = dump(&database).await;
    // Into a database without a schema, and into one that was migrated.
    for to in [bare().await, super::ground::database().await] {
        let restored = restore(&to, &told.schema, before.clone()).await.unwrap();
        let all = Restored {
            tenants: 2,
            wallets: 2,
        };
        assert_eq!(restored, all);
        let (_, after) = dump(&to).await;
        for (name, lines) in &before {
            let (was, mut is) = (rows(&before, name), rows(&after, name));
            match name.as_str() {
                "wallets" => {
                    assert_eq!(was.len(), is.len());
                    assert!(
                        is.iter()
                            .all(|it| it["state"].as_str().unwrap().contains("restored"))
                    );
                }
                "mcp_events" => {
                    is.retain(|it| !it["draft"].as_str().unwrap().contains("house.restored"));
                    assert_eq!(was, is);
                }
                "tenants" => {
                    let strip = |rows: &[Map<String, Value>]| -> Vec<Map<String, Value>> {
                        let mut rows = rows.to_vec();
                        for row in &mut rows {
                            row.remove("revision");
                        }
                        rows
                    };
                    assert_eq!(strip(&was), strip(&is));
                }
                // Each in a test of its own.
                "key_tasks" => assert_eq!(was.len(), is.len()),
                _ => assert_eq!(was, is, "{name}: {lines}"),
            }
        }
        let back = to.store().await;
        assert_eq!(back.check().await.unwrap(), Vec::<String>::new());
        let mut view = back.read(ours.tenant).await.unwrap();
        let wallet = view.wallet_fetch(ours.id).await.unwrap().unwrap();
        assert_eq!(wallet.state.before_restore(), Some(&WalletState::Active));
        let entries = view.audit_list(0, u32::MAX).await.unwrap();
        vaultpilot_audit::verify(ours.tenant, &entries).unwrap();
        assert_eq!(
            entries.last().unwrap().draft.action,
            vaultpilot_audit::Action::HouseRestored
        );
        drop(view);
        // It goes on from there.
        grow(&back, &ours).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_work_on_keys_of_a_backup_is_taken_up() {
    let database = database().await;
    let store = database.store().await;
    let ours = settle(&store).await;
    let tasks = tasks(second(9));
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.kek_insert(&kek(1)).await.unwrap();
    for (task, _) in &tasks {
        tx.key_task_insert(task).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (told, before) = dump(&database).await;
    let to = bare().await;
    restore(&to, &told.schema, before).await.unwrap();
    let back = to.store().await;
    assert_eq!(back.key_task_open(Timestamp::MAX).await.unwrap(), []);
    let mut view = back.read(ours.tenant).await.unwrap();
    for (task, expected) in &tasks {
        let found = view.key_task_fetch(task.id).await.unwrap().unwrap();
        assert_eq!(found, *expected);
    }
    let entries = view.audit_list(0, u32::MAX).await.unwrap();
    let facts = &entries.last().unwrap().draft.facts;
    assert!(facts.contains(&("key_tasks".to_owned(), "4".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_of_one_instant_while_writes_go_on() {
    let database = database().await;
    let store = database.store().await;
    let ours = settle(&store).await;
    let over = Arc::new(AtomicBool::new(false));
    let (writing, like, end) = (store.clone(), ours.clone(), Arc::clone(&over));
    let mut writers = tokio::task::JoinSet::new();
    writers.spawn(async move {
        let mut count = 0u64;
        while !end.load(Ordering::Relaxed) && count < 400 {
            grow(&writing, &like).await;
            count += 1;
        }
        count
    });
    for _ in 0..4 {
        let (told, tables) = dump(&database).await;
        let (wallets, entries) = (rows(&tables, "wallets"), rows(&tables, "mcp_events"));
        assert_eq!(
            wallets.len(),
            entries.len() + 1,
            "a wallet without its entry"
        );
        assert_eq!(told.tenants[0].audit.seq, entries.len() as u64);
        assert_eq!(wallets.len(), rows(&tables, "wallet_keys").len());
    }
    over.store(true, Ordering::Relaxed);
    assert!(writers.join_next().await.unwrap().unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_tenants_is_not_filled() {
    let (from, to) = (database().await, database().await);
    settle(&from.store().await).await;
    let (told, tables) = dump(&from).await;
    settle(&to.store().await).await;
    let (_, before) = dump(&to).await;
    let refused = cause(restore(&to, &told.schema, tables).await);
    assert!(
        matches!(refused, PostgresError::NotEmpty { .. }),
        "{refused:?}"
    );
    assert_eq!(dump(&to).await.1, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_nobody_knows_is_refused() {
    let to = database().await;
    let refused = cause(restore(&to, "9999", vec![]).await);
    assert!(
        matches!(refused, PostgresError::Newer { .. }),
        "{refused:?}"
    );
    assert_eq!(
        to.store().await.check().await.unwrap(),
        Vec::<String>::new()
    );
}

/// A row without its parent, a table nobody knows, a connection that breaks: nothing has happened.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_fails_leaves_nothing() {
    let from = database().await;
    furnish(&from.store().await).await;
    let (told, tables) = dump(&from).await;
    let to = database().await;
    let orphans: Dump = tables
        .iter()
        .filter(|(name, _)| name != "wallets")
        .cloned()
        .collect();
    let refused = restore(&to, &told.schema, orphans).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { .. })),
        "{refused:?}"
    );
    let strange = vec![("of_tomorrow".to_owned(), "{}\n".to_owned())];
    let refused = cause(restore(&to, &told.schema, strange).await);
    assert!(
        matches!(refused, PostgresError::NoTable { .. }),
        "{refused:?}"
    );

    let (loaded, wait) = (
        Arc::new(tokio::sync::Notify::new()),
        std::sync::mpsc::channel::<()>(),
    );
    let (told_it, (go_on, gone)) = (Arc::clone(&loaded), wait);
    let options = owner(&to);
    let schema = told.schema.clone();
    let mut restoring = tokio::task::JoinSet::new();
    restoring.spawn(async move {
        let fill = move |database: &mut vaultpilot_store::Restoring<'_>| {
            for (name, lines) in &tables {
                database.load(name, lines.as_bytes().lines())?;
            }
            told_it.notify_one();
            gone.recv().unwrap();
            Ok::<_, StoreError>(())
        };
        PostgresStore::restore(&options, &app(), &schema, note(second(9)), fill).await
    });
    loaded.notified().await;
    to.cut("backup").await;
    go_on.send(()).unwrap();
    let broken = restoring.join_next().await.unwrap().unwrap();
    assert!(
        matches!(broken, Err(StoreError::Unavailable(_))),
        "{broken:?}"
    );
    let store = to.store().await;
    assert_eq!(store.tenant_list().await.unwrap(), vec![]);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

/// Rows of a schema before this one: they are written under it, and it goes on from there.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_an_older_schema_goes_on_in_the_newest() {
    let from = database().await;
    let ours = settle(&from.store().await).await;
    let (_, tables) = dump(&from).await;
    let old = |table: &str, unknown: &[&str]| {
        let lines = rows(&tables, table).into_iter().map(|mut row| {
            for column in unknown {
                row.remove(*column);
            }
            serde_json::to_string(&row).unwrap() + "\n"
        });
        (table.to_owned(), lines.collect::<String>())
    };
    let tables = vec![
        old("tenants", &["keys"]),
        old("wallets", &[]),
        old("wallet_keys", &["generation", "kek"]),
    ];
    let to = bare().await;
    restore(&to, "0024", tables).await.unwrap();
    let back = to.store().await;
    assert_eq!(back.check().await.unwrap(), Vec::<String>::new());
    let mut view = back.read(ours.tenant).await.unwrap();
    let found = view.wallet_list(Page::first(10)).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].state.before_restore(), Some(&WalletState::Active));
    let key = view.wallet_key_fetch(ours.id).await.unwrap().unwrap();
    assert_eq!((key.generation, key.kek), (1, None));
}
