//! What lies in the data folder: the database, and the root that wraps every key in it.

use std::sync::Arc;

use secrecy::SecretString;
use vaultpilot_config::{Config, Kek};
use vaultpilot_core::Entropy;
use vaultpilot_keys::{Cost, Lock, RootKey};
use vaultpilot_store::{SqliteOptions, SqliteStore};

use super::StartError;
use crate::failure::Failure;

/// The database's file in the data folder.
const DATABASE: &str = "vaultpilot.db";

pub(crate) async fn open_store(config: &Config) -> Result<SqliteStore, StartError> {
    let path = config.data.dir.join(DATABASE);
    let store = SqliteStore::open(&path, &SqliteOptions::default()).await?;
    store.migrate().await?;
    Ok(store)
}

/// The root that wraps, and those of before that still open.
pub(crate) struct Opened {
    pub root: RootKey,
    pub previous: Vec<RootKey>,
}

/// A new root is made for a new house only: where there is a database there are keys that no other
/// root unwraps.
pub(crate) async fn open_roots(
    config: &Config,
    entropy: Arc<dyn Entropy>,
) -> Result<Opened, Failure> {
    let data_dir = &config.data.dir;
    let is_new = !data_dir.join(DATABASE).exists();
    let path = config
        .keys
        .kek_file
        .clone()
        .unwrap_or_else(|| data_dir.join("kek"));
    let older = config.keys.previous_kek_files.clone();
    let phrase = match config.keys.kek {
        Kek::File => None,
        Kek::Passphrase => Some(passphrase(config)?),
    };
    let open = move || {
        let lock = match &phrase {
            None => Lock::File,
            Some(phrase) => Lock::Passphrase {
                phrase,
                cost: Cost::default(),
            },
        };
        // The root of a house that has another one behind it may be made now: that is how it is
        // rotated.
        let root = if is_new || !older.is_empty() {
            RootKey::open_or_create(&path, lock, entropy.as_ref())?
        } else {
            RootKey::open(&path, lock)?
        };
        let previous = older.iter().map(|path| RootKey::open(path, lock));
        let previous = previous.collect::<Result<_, _>>()?;
        Ok(Opened { root, previous })
    };
    // argon2id takes its time on purpose.
    let opened = tokio::task::spawn_blocking(open)
        .await
        .map_err(std::io::Error::from)?;
    Ok(opened.map_err(StartError::Kek)?)
}

/// The first line of the passphrase file.
fn passphrase(config: &Config) -> Result<SecretString, Failure> {
    let beside = || config.data.dir.join("passphrase");
    let path = config.keys.passphrase_file.clone().unwrap_or_else(beside);
    let text = std::fs::read_to_string(&path).map_err(|source| Failure::Read {
        path: path.clone(),
        source,
    })?;
    Ok(SecretString::from(text.lines().next().unwrap_or_default()))
}
