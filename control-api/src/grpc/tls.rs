//! TLS of the gRPC door: 1.3 and nothing else, certificates that are read again when they change.
//!
//! A client may come without a certificate: tenants' pods have none. One that shows a certificate
//! which our client CA did not sign is not talked to at all.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use rustls::version::TLS13;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use vaultpilot_config::Grpc;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(30);

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{} cannot be read", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} is not PEM", path.display())]
    Pem { path: PathBuf, source: pem::Error },
    #[error("{} holds no certificate", path.display())]
    Empty { path: PathBuf },
    #[error("{} holds a certificate that signs nothing", path.display())]
    ClientCa {
        path: PathBuf,
        source: VerifierBuilderError,
    },
    #[error("certificate and key do not go together")]
    Unusable(#[from] rustls::Error),
}

/// What a handshake is done with now.
pub struct Tls {
    files: Grpc,
    now: ArcSwap<ServerConfig>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// When one is missing, is not PEM, or they do not go together.
    pub fn open(files: &Grpc) -> Result<Self, TlsError> {
        let read = Files::read(files)?;
        Ok(Self {
            files: files.clone(),
            now: ArcSwap::from_pointee(read.server(files)?),
        })
    }

    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        self.now.load_full()
    }

    /// Takes up new files when they change. Files that cannot be used are told once, and what is in
    /// use stays: a broken renewal does not close the door.
    pub async fn renew(self: Arc<Self>, stop: CancellationToken) {
        let mut last = Files::read(&self.files).map(|read| read.hash()).ok();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            let read = Files::read(&self.files);
            let hash = read.as_ref().map(Files::hash).ok();
            if hash == last {
                continue;
            }
            last = hash;
            match read.and_then(|read| read.server(&self.files)) {
                Ok(server) => {
                    self.now.store(Arc::new(server));
                    tracing::info!("took up new certificates");
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "new certificates cannot be used; the old ones stay");
                }
            }
        }
    }
}

struct Files {
    cert: Vec<u8>,
    key: zeroize::Zeroizing<Vec<u8>>,
    client_ca: Vec<u8>,
}

impl Files {
    fn read(files: &Grpc) -> Result<Self, TlsError> {
        Ok(Self {
            cert: read(&files.cert_file)?,
            key: zeroize::Zeroizing::new(read(&files.key_file)?),
            client_ca: read(&files.client_ca_file)?,
        })
    }

    fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [&self.cert, &*self.key, &self.client_ca] {
            hash.update(Sha256::digest(part));
        }
        hash.finalize().into()
    }

    fn server(&self, files: &Grpc) -> Result<ServerConfig, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.client_ca, &files.client_ca_file)? {
            roots.add(certificate)?;
        }
        let builder =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let verifier =
            builder
                .allow_unauthenticated()
                .build()
                .map_err(|source| TlsError::ClientCa {
                    path: files.client_ca_file.clone(),
                    source,
                })?;
        let chain = certificates(&self.cert, &files.cert_file)?;
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|source| TlsError::Pem {
            path: files.key_file.clone(),
            source,
        })?;
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)?;
        server.alpn_protocols = vec![b"h2".to_vec()];
        // What was renewed or taken back counts from the next connection on.
        server.send_tls13_tickets = 0;
        Ok(server)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Read {
        path: path.to_owned(),
        source,
    })
}

/// The certificates of a PEM file, at least one.
///
/// # Errors
/// When it is not PEM or holds none.
pub fn certificates(pem: &[u8], path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|source| TlsError::Pem {
        path: path.to_owned(),
        source,
    })?;
    if found.is_empty() {
        return Err(TlsError::Empty {
            path: path.to_owned(),
        });
    }
    Ok(found)
}
