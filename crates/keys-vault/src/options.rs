//! Where Vault is, and how one logs in there.

use std::path::PathBuf;
use std::time::Duration;

use crate::path::PathError;

/// How to reach Vault or OpenBao. Nothing is taken from the environment.
#[derive(Debug, Clone)]
pub struct VaultOptions {
    /// `https://host:port`, or `http://` on this machine alone.
    pub address: String,
    /// The certificates (PEM) that Vault's must be signed by, and no others; without it those of
    /// the machine. Read once.
    pub ca_file: Option<PathBuf>,
    /// Where Vault has namespaces: the one in which the login and the transit engines are.
    pub namespace: Option<String>,
    pub auth: VaultAuth,
    /// For one call with everything it takes: login, probes, retries.
    pub timeout: Duration,
}

impl VaultOptions {
    /// What `timeout` is unless somebody says otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(10);
}

/// How one logs in. Secrets are named by their files, which are read again at each login.
#[derive(Debug, Clone)]
pub enum VaultAuth {
    /// A token that somebody else keeps in a file. It is read at every use; a renewable one is
    /// renewed by `VaultSessions::tend`.
    Token { file: PathBuf },
    AppRole {
        /// Where the method is mounted: `approle` unless somebody chose otherwise.
        mount: String,
        role_id: String,
        secret_id_file: PathBuf,
    },
    Kubernetes {
        /// Where the method is mounted: `kubernetes` unless somebody chose otherwise.
        mount: String,
        /// The role to log in with; without it each tenant's own.
        role: Option<String>,
        /// The projected token of the `ServiceAccount`.
        token_file: PathBuf,
    },
}

/// Why these options lead nowhere.
#[derive(Debug, thiserror::Error)]
pub enum VaultOptionsError {
    #[error("address of vault is no url")]
    Address,
    #[error("address of vault has a user, a query or a fragment in it")]
    AddressParts,
    #[error("address of vault is neither https nor on this machine")]
    Plaintext,
    #[error("namespace of vault is unusable")]
    Namespace(#[source] PathError),
    #[error("mount of the login method is unusable")]
    Mount(#[source] PathError),
    #[error("role of the login method is unusable")]
    Role(#[source] PathError),
    #[error("timeout of vault is zero")]
    Timeout,
    #[error("certificates in {path} cannot be read")]
    CaFile {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{path} has no certificates in it")]
    NoCertificates { path: PathBuf },
    #[error("client for vault cannot be made")]
    Client(#[source] reqwest::Error),
}
