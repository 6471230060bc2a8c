//! TLS to the database.

mod unverified;

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::PostgresError;
use super::options::SslMode;

/// `None` for a connection without TLS.
pub(super) fn connector(
    mode: SslMode,
    root_ca: Option<&Path>,
) -> Result<Option<MakeRustlsConnect>, PostgresError> {
    // Named here, so that nobody need install one for the whole process.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(PostgresError::Tls)?;
    let config = match (mode, root_ca) {
        (SslMode::Disable, _) => return Ok(None),
        (SslMode::VerifyFull, None) => return Err(PostgresError::NoRootCa),
        (SslMode::VerifyFull, Some(path)) => builder
            .with_root_certificates(authorities(path)?)
            .with_no_client_auth(),
        (SslMode::Require, _) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(unverified::Unverified(provider)))
            .with_no_client_auth(),
    };
    Ok(Some(MakeRustlsConnect::new(config)))
}

fn authorities(path: &Path) -> Result<RootCertStore, PostgresError> {
    let unreadable = |source| PostgresError::RootCa {
        path: path.to_owned(),
        source,
    };
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
        store
            .add(certificate.map_err(unreadable)?)
            .map_err(PostgresError::Tls)?;
    }
    if store.is_empty() {
        return Err(PostgresError::NoCertificate {
            path: path.to_owned(),
        });
    }
    Ok(store)
}
