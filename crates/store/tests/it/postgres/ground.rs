//! What the tests stand on: one server, and a database for each that asks.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::OnceCell;
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};
use vaultpilot_core::{Wallet, WalletId};
use vaultpilot_ports::store::{Store as _, StoreError};
use vaultpilot_store::{AppRole, PostgresError, PostgresOptions, PostgresStore};
use vaultpilot_testkit::PostgresServer;
use vaultpilot_testkit::fixture::{tenant, wallet, wrapped_key};
use vaultpilot_testkit::postgres::{PASSWORD, SUPERUSER};

pub(crate) const OWNER: &str = "vaultpilot_owner";
pub(crate) const APP: &str = "vaultpilot_app";

static SERVER: OnceCell<PostgresServer> = OnceCell::const_new();
static TEMPLATE: OnceCell<()> = OnceCell::const_new();
static COUNT: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn app() -> AppRole {
    AppRole {
        name: APP.to_owned(),
        password: PASSWORD.into(),
    }
}

async fn server() -> &'static PostgresServer {
    SERVER.get_or_init(|| PostgresServer::start(None)).await
}

/// A database on the server.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    server: &'static PostgresServer,
    pub(crate) name: String,
}

/// An empty one with the newest schema.
pub(crate) async fn database() -> Database {
    let server = server().await;
    TEMPLATE
        .get_or_init(|| async {
            let owner =
                format!("CREATE ROLE {OWNER} LOGIN NOSUPERUSER CREATEROLE PASSWORD '{PASSWORD}'");
            superuser(server).run(&owner).await;
            let template = make(server, "template", "template0").await;
            template.migrate().await.unwrap();
        })
        .await;
    let name = format!("case_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    make(server, &name, "vaultpilot_template").await
}

/// An empty one without a schema.
pub(crate) async fn bare() -> Database {
    database().await;
    let name = format!("bare_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    make(server().await, &name, "template0").await
}

async fn make(server: &'static PostgresServer, name: &str, template: &str) -> Database {
    let name = format!("vaultpilot_{name}");
    let sql = format!("CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}");
    superuser(server).run(&sql).await;
    Database { server, name }
}

fn superuser(server: &'static PostgresServer) -> Database {
    Database {
        server,
        name: "postgres".to_owned(),
    }
}

impl Database {
    pub(crate) fn url(&self, role: &str) -> String {
        self.server.url(role, PASSWORD, &self.name)
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port()
    }

    pub(crate) fn options(&self) -> PostgresOptions {
        PostgresOptions::new(self.url(APP))
    }

    pub(crate) async fn migrate(&self) -> Result<usize, StoreError> {
        PostgresStore::migrate(&PostgresOptions::new(self.url(OWNER)), &app()).await
    }

    pub(crate) async fn store(&self) -> PostgresStore {
        PostgresStore::connect(&self.options()).await.unwrap()
    }

    /// As somebody has one who came by the role's password.
    pub(crate) async fn session(&self, role: &str) -> Session {
        let (client, connection) = tokio_postgres::connect(&self.url(role), NoTls)
            .await
            .unwrap();
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            connection.await.ok();
        });
        Session {
            client,
            _driver: driver,
        }
    }

    /// As the superuser.
    pub(crate) async fn run(&self, sql: &str) -> Vec<Vec<String>> {
        self.session(SUPERUSER).await.rows(sql).await.unwrap()
    }

    /// Ends every connection that says it is of `application`, as a server that restarts does.
    pub(crate) async fn cut(&self, application: &str) {
        let cut = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = '{}' AND application_name = '{application}'",
            self.name
        );
        assert!(!self.run(&cut).await.is_empty(), "nobody is connected");
    }
}

pub(crate) struct Session {
    client: Client,
    _driver: JoinSet<()>,
}

impl Session {
    pub(crate) async fn rows(&self, sql: &str) -> Result<Vec<Vec<String>>, tokio_postgres::Error> {
        let messages = self.client.simple_query(sql).await?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(
                (0..row.len())
                    .map(|column| row.get(column).unwrap_or("NULL").to_owned())
                    .collect(),
            ),
            _ => None,
        });
        Ok(rows.collect())
    }

    /// The number that a query gives.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.rows(sql).await.unwrap()[0][0].parse().unwrap()
    }

    /// What the server says of a statement that it must refuse.
    pub(crate) async fn refusal(&self, sql: &str) -> String {
        let refused = self.rows(sql).await;
        let error = refused.err().unwrap_or_else(|| panic!("done: {sql}"));
        error.as_db_error().unwrap().message().to_owned()
    }
}

/// The typed cause of an `Unavailable`.
pub(crate) fn cause<T: std::fmt::Debug>(result: Result<T, StoreError>) -> PostgresError {
    match result.unwrap_err() {
        StoreError::Unavailable(source) => *source.downcast().unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A tenant with one wallet.
pub(crate) async fn settle(store: &PostgresStore) -> Wallet {
    let tenant = tenant().build();
    assert!(store.tenant_create(&tenant).await.unwrap());
    let wallet = wallet().of(tenant.id).build();
    let mut tx = store.begin(tenant.id).await.unwrap();
    tx.wallet_insert(&wallet, &wrapped_key(1)).await.unwrap();
    tx.commit().await.unwrap();
    wallet
}

pub(crate) async fn has(store: &PostgresStore, wallet: &Wallet, id: WalletId) -> bool {
    let mut view = store.read(wallet.tenant).await.unwrap();
    view.wallet_fetch(id).await.unwrap().is_some()
}
