//! One request to Vault, one answer.
//!
//! Not a client library of Vault's: what goes out and what comes in may hold a seed, and lies in
//! buffers that are erased; the length of an answer is bounded; no redirect, no proxy and no setting
//! of the environment leads elsewhere.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Method, Url, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::address::{address, namespace};
use crate::options::{VaultOptions, VaultOptionsError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// No answer we ask for is longer. The buffer has this size from the start: one that grew would
/// leave pieces of the answer behind.
const LONGEST_ANSWER: usize = 64 * 1024;

const TOKEN: HeaderName = HeaderName::from_static("x-vault-token");
const NAMESPACE: HeaderName = HeaderName::from_static("x-vault-namespace");
/// Listeners of Vault can demand it, against requests that a browser was talked into.
const REQUEST: HeaderName = HeaderName::from_static("x-vault-request");

/// What went wrong below HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing of the request was sent.
    NotConnected,
    /// Nothing was sent, because the server's certificate is not signed by whom it has to be.
    Untrusted,
    TimedOut,
    Cut,
    TooLong,
    /// The token has bytes in it that no header may have.
    Token,
}

#[derive(Clone)]
pub(crate) struct Request {
    method: Method,
    path: String,
    body: Option<Bytes>,
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self {
            method: Method::GET,
            path: path.to_owned(),
            body: None,
        }
    }

    /// The body is JSON, and erased when the last copy of the handle is gone.
    pub(crate) fn post(path: &str, body: Zeroizing<Vec<u8>>) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            body: Some(Bytes::from_owner(body)),
        }
    }
}

/// What Vault said. Erased when dropped: a seed may be in it.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

pub(crate) struct Http {
    client: Client,
    base: Url,
    namespace: Option<HeaderValue>,
}

impl Http {
    pub(crate) fn new(options: &VaultOptions) -> Result<Self, VaultOptionsError> {
        let base = address(&options.address)?;
        let plaintext = base.scheme() == "http";
        let mut builder = Client::builder()
            .user_agent("vaultpilot")
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_nodelay(true)
            .tcp_keepalive(Duration::from_secs(30))
            .pool_idle_timeout(Duration::from_mins(1))
            .redirect(redirect::Policy::none())
            .no_proxy()
            // What is to be repeated is decided here, by what the request does.
            .retry(reqwest::retry::never())
            .https_only(!plaintext);
        if let Some(certificates) = certificates(options)? {
            builder = builder.tls_certs_only(certificates);
        } else if plaintext {
            // A container without certificates has no use for them either.
            builder = builder.tls_certs_only([]);
        }
        let namespace = options.namespace.as_deref().map(namespace).transpose()?;
        Ok(Self {
            client: builder.build().map_err(VaultOptionsError::Client)?,
            base,
            namespace,
        })
    }

    /// Where it is, for people.
    pub(crate) fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// With the namespace. Without a token: a login.
    pub(crate) async fn send(
        &self,
        request: Request,
        token: Option<&SecretString>,
    ) -> Result<Answer, Fault> {
        self.exchange(request, token, self.namespace.as_ref()).await
    }

    /// How Vault is as a whole: of no namespace, and asked without a token.
    pub(crate) async fn health(&self) -> Result<Answer, Fault> {
        self.exchange(Request::get("sys/health"), None, None).await
    }

    async fn exchange(
        &self,
        request: Request,
        token: Option<&SecretString>,
        namespace: Option<&HeaderValue>,
    ) -> Result<Answer, Fault> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .pop_if_empty()
                .push("v1")
                .extend(request.path.split('/'));
        }
        let mut builder = self.client.request(request.method, url);
        builder = builder.header(REQUEST, HeaderValue::from_static("true"));
        if let Some(namespace) = namespace {
            builder = builder.header(NAMESPACE, namespace.clone());
        }
        if let Some(token) = token {
            let header = HeaderValue::from_str(token.expose_secret());
            let mut header = header.map_err(|_| Fault::Token)?;
            header.set_sensitive(true);
            builder = builder.header(TOKEN, header);
        }
        if let Some(body) = request.body {
            builder = builder
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(body);
        }
        let response = builder.send().await.map_err(|error| fault(&error))?;
        Ok(Answer {
            status: response.status().as_u16(),
            body: read(response).await?,
        })
    }
}

async fn read(mut response: reqwest::Response) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let mut body = Zeroizing::new(Vec::with_capacity(LONGEST_ANSWER));
    while let Some(chunk) = response.chunk().await.map_err(|error| fault(&error))? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Fault::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn fault(error: &reqwest::Error) -> Fault {
    match () {
        () if is_untrusted(error) => Fault::Untrusted,
        () if error.is_connect() || error.is_builder() => Fault::NotConnected,
        () if error.is_timeout() => Fault::TimedOut,
        () => Fault::Cut,
    }
}

fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(rustls::Error::InvalidCertificate(_)) = inner.downcast_ref() {
            return true;
        }
        // What an I/O error is made of is not what it names as its source.
        cause = match inner.downcast_ref::<std::io::Error>() {
            Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => inner.source(),
        };
    }
    false
}

fn certificates(options: &VaultOptions) -> Result<Option<Vec<Certificate>>, VaultOptionsError> {
    let Some(path) = &options.ca_file else {
        return Ok(None);
    };
    let pem = std::fs::read(path).map_err(|source| VaultOptionsError::CaFile {
        path: path.clone(),
        source,
    })?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(Some(certificates)),
        _ => Err(VaultOptionsError::NoCertificates { path: path.clone() }),
    }
}
