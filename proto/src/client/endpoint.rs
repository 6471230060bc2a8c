//! Where the control plane is, how it proves itself, and how we do.

use std::path::PathBuf;
use std::time::Duration;

use tonic::transport::{Certificate, Channel, ClientTlsConfig, Identity, Uri};

/// Denials carry their whole decision, which may be longer than a header usually is.
const MAX_HEADERS: u32 = 256 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const KEEP_ALIVE: Duration = Duration::from_secs(20);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// Files are named, not read: they are read when a connection is made, and the token again whenever
/// it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `https://control-api.vaultpilot-system.svc:9443`; `http` only for this machine.
    pub address: String,
    /// The authority the server's certificate must be from, in PEM. Nobody else is trusted.
    pub ca_file: Option<PathBuf>,
    /// The name the certificate must carry, where it is not the address's host.
    pub server_name: Option<String>,
    /// Our own certificate, where the server asks for one.
    pub identity: Option<IdentityFiles>,
    /// The workload's token, sent as `authorization: Bearer`.
    pub token_file: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    #[error("control plane address is not https with a host, or http on this machine")]
    Address,
    #[error("an https address needs the file of the authority its certificate is from")]
    NoAuthority,
    #[error("{} cannot be read", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the certificates or the key of the connection are not usable")]
    Tls(#[source] tonic::transport::Error),
}

/// What the files said when a channel was made of them.
#[derive(PartialEq, Eq)]
pub(super) struct Files {
    authority: Option<Vec<u8>>,
    identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl Endpoint {
    /// # Errors
    /// When the address may not be used.
    pub(super) fn check(&self) -> Result<Uri, EndpointError> {
        let uri: Uri = self.address.parse().map_err(|_| EndpointError::Address)?;
        let host = uri.host().ok_or(EndpointError::Address)?;
        let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        match uri.scheme_str() {
            Some("https") if self.ca_file.is_none() => Err(EndpointError::NoAuthority),
            Some("https") => Ok(uri),
            Some("http") if is_here => Ok(uri),
            _ => Err(EndpointError::Address),
        }
    }

    pub(super) async fn read(&self) -> Result<Files, EndpointError> {
        let authority = match &self.ca_file {
            Some(path) => Some(read(path).await?),
            None => None,
        };
        let identity = match &self.identity {
            Some(files) => Some((read(&files.certificate).await?, read(&files.key).await?)),
            None => None,
        };
        Ok(Files {
            authority,
            identity,
        })
    }

    /// A channel that connects when it is first used, and again whenever it has to.
    pub(super) fn channel(&self, files: &Files) -> Result<Channel, EndpointError> {
        let uri = self.check()?;
        let is_tls = uri.scheme_str() == Some("https");
        let mut endpoint = Channel::builder(uri)
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .keep_alive_while_idle(true)
            .http2_max_header_list_size(MAX_HEADERS);
        if is_tls {
            let mut tls = ClientTlsConfig::new();
            if let Some(authority) = &files.authority {
                tls = tls.ca_certificate(Certificate::from_pem(authority));
            }
            if let Some((certificate, key)) = &files.identity {
                tls = tls.identity(Identity::from_pem(certificate, key));
            }
            if let Some(name) = &self.server_name {
                tls = tls.domain_name(name);
            }
            endpoint = endpoint.tls_config(tls).map_err(EndpointError::Tls)?;
        }
        Ok(endpoint.connect_lazy())
    }
}

async fn read(path: &PathBuf) -> Result<Vec<u8>, EndpointError> {
    tokio::fs::read(path)
        .await
        .map_err(|source| EndpointError::File {
            path: path.clone(),
            source,
        })
}
