//! Why a command did not do what it was told, and what helps.

use std::path::PathBuf;
use std::process::ExitCode;

use vaultpilot_backup::BackupError;
use vaultpilot_config::ConfigErrors;
use vaultpilot_ports::{Fault, StoreError};
use vaultpilot_store::PostgresError;

use crate::grpc::TlsError;
use crate::house::OpenError;
use crate::house::secret::SecretError;
use crate::identity::TokenReviewsError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("configuration cannot be used")]
    Config(#[from] ConfigErrors),
    #[error("{} cannot be read", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} cannot be written", path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("control plane does not start")]
    Open(#[from] OpenError),
    #[error("TLS of the gRPC door cannot be set up")]
    Tls(#[from] TlsError),
    #[error("workloads cannot be told apart")]
    Identity(#[from] TokenReviewsError),
    #[error("secret cannot be read")]
    Secret(#[from] SecretError),
    #[error("{address} cannot be listened on")]
    Listen {
        address: std::net::SocketAddr,
        source: std::io::Error,
    },
    #[error("process cannot be kept out of core dumps")]
    Harden(#[from] vaultpilot_keys::HardenError),
    #[error("log cannot be written")]
    Log(#[from] vaultpilot_telemetry::LogError),
    #[error("database cannot be migrated")]
    Migrate(#[source] StoreError),
    #[error("{0}")]
    Backup(#[from] BackupError),
    #[error("passphrase in {} is too short: twelve characters at least", path.display())]
    WeakPassphrase { path: PathBuf },
    #[error("database failed")]
    Database(#[from] StoreError),
    #[error("contract cannot be described")]
    Reflection(#[from] vaultpilot_proto::tonic_reflection::server::Error),
    #[error("gRPC door failed")]
    Grpc(#[from] vaultpilot_proto::tonic::transport::Error),
    #[error("{0}")]
    Refused(#[from] Fault),
    #[error("operating system refuses")]
    Os(#[from] std::io::Error),
    /// `doctor` has said it already.
    #[error("something is wrong")]
    Told,
}

impl Failure {
    pub(crate) fn exit(&self) -> ExitCode {
        let code = match self {
            Self::Config(_)
            | Self::Refused(Fault::Invalid { .. })
            | Self::Backup(BackupError::Recipient { .. } | BackupError::NobodysBackup)
            | Self::WeakPassphrase { .. } => 2,
            Self::Database(error) if is_not_empty(error) => 6,
            Self::Database(_)
            | Self::Open(OpenError::Store(_) | OpenError::NotMigrated { .. })
            | Self::Migrate(_)
            | Self::Refused(Fault::Unavailable { .. }) => 3,
            Self::Refused(Fault::NotFound { .. }) => 5,
            Self::Refused(Fault::Conflict { .. }) | Self::Backup(BackupError::Exists { .. }) => 6,
            _ => 1,
        };
        ExitCode::from(code)
    }

    /// What to do about it.
    pub(crate) const fn next(&self) -> Option<&'static str> {
        Some(match self {
            Self::Config(_) => "correct the file or the variable, then: control-api config check",
            Self::Open(OpenError::NotMigrated { .. }) => "control-api migrate",
            Self::Open(_) | Self::Tls(_) | Self::Identity(_) | Self::Secret(_) => {
                "control-api doctor"
            }
            Self::Backup(BackupError::NotForYou | BackupError::OtherLock { .. }) => {
                "the same command with the --identity or --passphrase-file it was made for"
            }
            Self::Backup(BackupError::Recipient { .. } | BackupError::NobodysBackup) => {
                "age-keygen -o backup.key   # and give its public key as --recipient"
            }
            Self::Migrate(_) => {
                "check database.host, database.owner and its password file; the owner must be able \
                 to create tables and roles"
            }
            Self::Refused(Fault::NotFound { .. }) => {
                "check the name; a tenant is made by its Tenant resource"
            }
            _ => return None,
        })
    }

    pub(crate) const fn is_silent(&self) -> bool {
        matches!(self, Self::Told)
    }
}

/// Whether a database that was to be filled holds something.
fn is_not_empty(error: &StoreError) -> bool {
    let source = std::error::Error::source(error);
    let ours = source.and_then(|source| source.downcast_ref::<PostgresError>());
    matches!(ours, Some(PostgresError::NotEmpty { .. }))
}

/// The error with its causes, outermost first, without repeating what contains them.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut told = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !told.iter().any(|earlier| earlier.contains(&text)) {
            told.push(text);
        }
        source = cause.source();
    }
    told.join(": ")
}
