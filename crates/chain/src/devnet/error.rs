//! Why there is no devnet.

use std::io;
use std::path::PathBuf;

use crate::guard::EndpointRefused;

#[derive(Debug, thiserror::Error)]
pub enum DevnetError {
    #[error("no TLS provider is installed in this process")]
    NoTls,
    #[error("devnet state {} is in use by another process", path.display())]
    InUse { path: PathBuf },
    /// Nothing is thrown away: a person decides.
    #[error(
        "devnet state {} is damaged and there is no earlier copy; move it away to start a new chain",
        path.display()
    )]
    Damaged { path: PathBuf },
    #[error("devnet state {} cannot be read or written", path.display())]
    State {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("port {port} cannot be used")]
    Port {
        port: u16,
        #[source]
        source: io::Error,
    },
    #[error("devnet process cannot be run")]
    Process(#[source] io::Error),
    #[error("devnet ended before it answered: {log}")]
    Ended { log: String },
    #[error("devnet did not answer in time")]
    NotReady,
    #[error("devnet did not stop in time")]
    NotStopped,
    #[error("devnet's port is answered by chain {found}")]
    OtherChain { found: u64 },
    #[error("devnet cannot be addressed")]
    Url(#[source] EndpointRefused),
    #[error("http client cannot be built")]
    Client(#[source] reqwest::Error),
    #[error("devnet start was interrupted")]
    Interrupted,
}
