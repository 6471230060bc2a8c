//! Why a verb could not be carried out.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{program} is not on this machine: {advice}")]
    Missing {
        program: String,
        advice: &'static str,
    },
    #[error("cannot start {program}")]
    Start { program: String, source: io::Error },
    #[error("`{command}` ended with {status}")]
    Ended { command: String, status: ExitStatus },
    #[error("cannot {verb} {}", path.display())]
    File {
        verb: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("{} is not what was expected", path.display())]
    Toml {
        path: PathBuf,
        source: Box<toml::de::Error>,
    },
    #[error("deny.toml bans `{spec}`, whose version cannot be read")]
    BanSpec {
        spec: String,
        source: cargo_metadata::semver::Error,
    },
    #[error("Cargo.lock holds {name} {version}, whose version cannot be read")]
    LockedVersion {
        name: String,
        version: String,
        source: cargo_metadata::semver::Error,
    },
    #[error("cargo metadata failed")]
    Metadata(#[from] cargo_metadata::Error),
    #[error("no home folder: set VAULTPILOT_CACHE")]
    NoHome,
    #[error("npm installed no anvil for {os}/{arch} ({})", path.display())]
    NoAnvil {
        os: &'static str,
        arch: &'static str,
        path: PathBuf,
    },
    #[error("python3 has no venv module: install python3-venv")]
    NoVenv,
    #[error(transparent)]
    Cluster(#[from] crate::cluster::Fault),
    #[error("cannot write to standard output")]
    Output(#[source] io::Error),
}

impl Error {
    pub(crate) fn file(
        verb: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { verb, path, source }
    }
}

/// Prints an error and what caused it, on one line.
pub fn report(error: &Error) {
    let mut line = format!("error: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        line.push_str(": ");
        line.push_str(&inner.to_string());
        cause = inner.source();
    }
    eprintln!("{line}");
}
