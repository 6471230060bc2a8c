//! A backup is opened into a folder, and everything in it is checked.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use vaultpilot_backup::{BackupError, Edition, Kind, Manifest, Member, Opener, Visit, chains};
use vaultpilot_store::{SqliteOptions, SqliteStore};

use super::house::DATABASE;
use crate::failure::Failure;
use crate::up::StartError;

/// Takes members into a folder. Secrets are only hashed where nobody wants to keep them.
struct Into {
    folder: PathBuf,
    with_secrets: bool,
}

impl Visit for Into {
    type Error = Failure;

    fn manifest(&mut self, manifest: &Manifest) -> Result<(), Failure> {
        if manifest.edition != Edition::Edge {
            let error = BackupError::OtherEdition {
                found: manifest.edition.as_str(),
                wanted: Edition::Edge.as_str(),
            };
            return Err(error.into());
        }
        Ok(())
    }

    fn member(&mut self, member: &Member, content: &mut dyn Read) -> Result<(), Failure> {
        let name = match &member.kind {
            Kind::File => DATABASE,
            Kind::Secret { file } if self.with_secrets => file,
            Kind::Secret { .. } | Kind::Table { .. } => return Ok(()),
        };
        let path = self.folder.join(name);
        write(&path, content)
    }
}

/// What is read may be damaged, what is written may find no room: the two are told apart.
fn write(path: &Path, content: &mut dyn Read) -> Result<(), Failure> {
    let failed = |source| Failure::Write {
        path: path.to_owned(),
        source,
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path).map_err(failed)?;
    let mut buffer = vec![0u8; 64 * 1024];
    loop {
        let count = content
            .read(&mut buffer)
            .map_err(|error| BackupError::Damaged {
                what: error.to_string(),
            })?;
        if count == 0 {
            break;
        }
        let read = buffer.get(..count).unwrap_or_default();
        io::Write::write_all(&mut file, read).map_err(failed)?;
    }
    file.sync_all().map_err(failed)
}

/// Opens a backup into an empty folder, checks it, and gives the database as it was.
pub(super) async fn opened(
    file: &Path,
    opener: Opener,
    folder: &Path,
    with_secrets: bool,
) -> Result<(Manifest, SqliteStore), Failure> {
    let (path, into) = (file.to_owned(), folder.to_owned());
    let read = tokio::task::spawn_blocking(move || {
        let mut into = Into {
            folder: into,
            with_secrets,
        };
        vaultpilot_backup::read(&path, &opener, &mut into)
    });
    let manifest = read.await.map_err(io::Error::from)??;
    let copy = folder.join(DATABASE);
    if !copy.exists() {
        return Err(damaged("there is no database in it"));
    }
    let store = SqliteStore::open(&copy, &SqliteOptions::default())
        .await
        .map_err(StartError::from)?;
    check(&store, &manifest).await?;
    Ok((manifest, store))
}

/// Pages, indexes, foreign keys, rows, and where every audit chain ends; then the newest schema.
async fn check(store: &SqliteStore, manifest: &Manifest) -> Result<(), Failure> {
    let findings = store.check_all().await.map_err(StartError::from)?;
    if let Some(finding) = findings.first() {
        return Err(damaged(finding));
    }
    let found = store.describe().await.map_err(StartError::from)?;
    if found.schema != manifest.database.schema {
        return Err(damaged("its schema is not the one the manifest names"));
    }
    let rows = found.tables.iter().map(|table| (&table.name, table.rows));
    let said = manifest.tables.iter().map(|mark| (&mark.name, mark.rows));
    if !rows.eq(said) {
        return Err(damaged("it does not hold the rows the manifest names"));
    }
    store.migrate().await.map_err(StartError::from)?;
    let heads = chains(store).await?;
    Ok(manifest.holds(&heads)?)
}

fn damaged(what: &str) -> Failure {
    BackupError::Damaged {
        what: what.to_owned(),
    }
    .into()
}

/// What is written to a folder is there after the power was lost.
pub(super) fn settle(folder: &Path) -> Result<(), Failure> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| Failure::Write {
        path: folder.to_owned(),
        source,
    })
}
