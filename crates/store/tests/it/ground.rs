//! What the tests stand on.

use std::path::PathBuf;
use std::sync::Arc;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use tempfile::TempDir;
use vaultpilot_core::{Wallet, WalletId};
use vaultpilot_ports::store::{Store, StoreError, Tx};
use vaultpilot_store::{SqliteError, SqliteOptions, SqliteStore};
use vaultpilot_testkit::fixture::{tenant, wallet, wrapped_key};

/// A store in a folder of its own, which lives as long as this.
pub(crate) struct Place {
    pub(crate) store: SqliteStore,
    pub(crate) folder: TempDir,
}

pub(crate) async fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await.unwrap();
    store.migrate().await.unwrap();
    Place { store, folder }
}

pub(crate) fn database(folder: &TempDir) -> PathBuf {
    folder.path().join("vaultpilot.db")
}

pub(crate) async fn open(folder: &TempDir) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(database(folder), &SqliteOptions::default()).await
}

/// The typed cause of an `Unavailable`.
pub(crate) fn cause<T: std::fmt::Debug>(result: Result<T, StoreError>) -> SqliteError {
    match result.unwrap_err() {
        StoreError::Unavailable(source) => *source.downcast().unwrap(),
        other => panic!("{other:?}"),
    }
}

impl Place {
    /// A tenant with one wallet.
    pub(crate) async fn settle(&self) -> Wallet {
        let tenant = tenant().build();
        assert!(self.store.tenant_create(&tenant).await.unwrap());
        let wallet = wallet().of(tenant.id).build();
        let mut tx = self.store.begin(tenant.id).await.unwrap();
        tx.wallet_insert(&wallet, &wrapped_key(1)).await.unwrap();
        tx.commit().await.unwrap();
        wallet
    }

    pub(crate) async fn begin(&self, wallet: &Wallet) -> Box<dyn Tx> {
        self.store.begin(wallet.tenant).await.unwrap()
    }

    pub(crate) async fn has(&self, wallet: &Wallet, id: WalletId) -> bool {
        let mut view = self.store.read(wallet.tenant).await.unwrap();
        view.wallet_fetch(id).await.unwrap().is_some()
    }

    pub(crate) fn port(&self) -> Arc<dyn Store> {
        Arc::new(self.store.clone())
    }

    /// Another connection to the file, as an intruder or an operator has one.
    pub(crate) fn intruder(&self) -> SqliteConnection {
        let path = database(&self.folder);
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
        conn
    }
}
