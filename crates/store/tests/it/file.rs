//! The file: whose it is, who may read it, how it is copied.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use vaultpilot_store::{SqliteError, SqliteOptions, SqliteStore};
use vaultpilot_testkit::fixture::{wallet, wrapped_key};

use crate::ground::{Place, cause, database, open, place};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_store_is_refused_until_the_first_is_gone() {
    let place = place().await;
    let error = cause(open(&place.folder).await);
    assert!(matches!(error, SqliteError::InUse { pid: Some(pid) } if pid == std::process::id()));
    assert_eq!(
        error.to_string(),
        format!("database is in use by process {}", std::process::id())
    );
    let Place { store, folder } = place;
    let copy = store.clone();
    drop(store);
    assert!(matches!(
        cause(open(&folder).await),
        SqliteError::InUse { .. }
    ));
    drop(copy);
    open(&folder).await.unwrap();
}

/// Not a test of its own: the other process of the next one, which tells it what to open.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by another_process_is_refused_until_it_is_killed"]
async fn hold_the_file() {
    let mut lines = std::io::stdin().lines();
    let path = lines.next().unwrap().unwrap();
    let store = SqliteStore::open(path, &SqliteOptions::default())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    println!("\nheld");
    lines.next();
    drop(store);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_is_refused_until_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "file::hold_the_file", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}", database(&folder).display()).unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    assert!(stdout.lines().any(|line| line.unwrap() == "held"));

    let holder = child.id();
    let error = cause(open(&folder).await);
    assert!(
        matches!(error, SqliteError::InUse { pid: Some(pid) } if pid == holder),
        "{error:?}"
    );

    child.kill().unwrap();
    child.wait().unwrap();
    let store = open(&folder).await.unwrap();
    assert!(
        store.version().await.unwrap().is_some(),
        "what it migrated is there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_their_owners_only() {
    let place = place().await;
    place.settle().await;
    let mut seen = Vec::new();
    for file in std::fs::read_dir(place.folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{file:?}"
        );
        seen.push(file.file_name().into_string().unwrap());
    }
    seen.sort_unstable();
    let all = [
        "vaultpilot.db",
        "vaultpilot.db-shm",
        "vaultpilot.db-wal",
        "vaultpilot.db.lock",
    ];
    assert_eq!(seen, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_door_is_shut() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(database(&folder), b"").unwrap();
    let wide = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(database(&folder), wide).unwrap();
    let _store = open(&folder).await.unwrap();
    let mode = std::fs::metadata(database(&folder))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn something_else_than_a_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(database(&folder), [b'x'; 4096]).unwrap();
    assert!(matches!(cause(open(&folder).await), SqliteError::Query(_)));
    assert_eq!(
        std::fs::read(database(&folder)).unwrap(),
        [b'x'; 4096],
        "and left as it was"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_whole_private_and_overwrites_nothing() {
    let place = place().await;
    let ours = place.settle().await;
    let copy = tempfile::tempdir().unwrap();
    // A writer in the middle of its work is neither waited for nor copied.
    let new = wallet().of(ours.tenant).build();
    let mut tx = place.begin(&ours).await;
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    place.store.backup_to(database(&copy)).await.unwrap();
    tx.commit().await.unwrap();

    let mode = std::fs::metadata(database(&copy))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = std::fs::read(database(&copy)).unwrap();
    assert!(matches!(
        cause(place.store.backup_to(database(&copy)).await),
        SqliteError::File(_)
    ));
    assert_eq!(std::fs::read(database(&copy)).unwrap(), before);

    let copied = Place {
        store: open(&copy).await.unwrap(),
        folder: copy,
    };
    assert_eq!(
        copied.store.version().await.unwrap(),
        place.store.version().await.unwrap()
    );
    assert!(copied.has(&ours, ours.id).await);
    assert!(!copied.has(&ours, new.id).await);
    assert_eq!(copied.store.check().await.unwrap(), Vec::<String>::new());
}
