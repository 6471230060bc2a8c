//! The gate in front of every method: who calls is settled here, before any message is read.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::{HeaderMap, Request, Response, header};
use futures::future::BoxFuture;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use secrecy::SecretString;
use tower::{Layer, Service};
use vaultpilot_config::Identity;
use vaultpilot_ports::Fault;
use vaultpilot_proto::fault::{to_status, workload_refused};
use vaultpilot_proto::tonic::body::Body;
use vaultpilot_proto::tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};
use vaultpilot_proto::tonic::{Code, Status};

use super::access::{Access, access};
use super::turns::Turns;
use crate::identity::{Account, KnownNamespaces, Tenancy, TokenVerifier, Workload};

/// A pod of a tenant: whom a call is for is settled by this alone, never by a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pod {
    pub tenancy: Tenancy,
    pub namespace: String,
}

/// The operator, as proved by its certificate and its token. Made by the gate only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator(());

/// Everything the gate asks.
pub struct Porter {
    tokens: Arc<dyn TokenVerifier>,
    namespaces: KnownNamespaces,
    turns: Turns,
    /// The name of the service account that tenants' pods run as.
    pods: String,
    operator: Account,
    operator_certificate: Option<ServerName<'static>>,
}

impl Porter {
    pub fn new(
        tokens: Arc<dyn TokenVerifier>,
        namespaces: KnownNamespaces,
        identity: &Identity,
        most: usize,
    ) -> Self {
        // An operator that cannot be named lets nobody in: no account has an empty name.
        let (namespace, name) = identity.operator_account().unwrap_or_default();
        let certificate = identity.operator_certificate.clone();
        Self {
            tokens,
            namespaces,
            turns: Turns::new(most),
            pods: identity.service_account.clone(),
            operator: Account::new(namespace, name),
            operator_certificate: ServerName::try_from(certificate).ok(),
        }
    }

    async fn workload(&self, headers: &HeaderMap) -> Result<Workload, Status> {
        let Some(token) = bearer(headers) else {
            return Err(workload_refused());
        };
        match self.tokens.verify(&token).await {
            Ok(Some(workload)) => Ok(workload),
            Ok(None) => {
                tracing::info!("a token that the cluster does not vouch for was refused");
                Err(workload_refused())
            }
            Err(down) => {
                let error: &dyn std::error::Error = &down;
                tracing::warn!(error, "nobody is let in until the cluster answers");
                let message = "the cluster cannot be asked whose the token is";
                Err(to_status(&Fault::unavailable(
                    "token_review_unavailable",
                    message,
                )))
            }
        }
    }

    async fn pod(&self, workload: &Workload) -> Result<Pod, Status> {
        let Account { namespace, name } = &workload.account;
        if *name != self.pods {
            refused(workload, "is not the account of tenants' pods");
            return Err(workload_refused());
        }
        match self.namespaces.tenant(namespace).await {
            Ok(Some(tenancy)) => Ok(Pod {
                tenancy,
                namespace: namespace.clone(),
            }),
            Ok(None) => {
                refused(workload, "is in a namespace of no tenant");
                Err(workload_refused())
            }
            Err(error) => {
                tracing::warn!(%error, "the tenant of a namespace cannot be looked up");
                let message = "the record does not answer";
                Err(to_status(&Fault::unavailable("store_unavailable", message)))
            }
        }
    }

    fn operator(
        &self,
        workload: &Workload,
        certificates: &[CertificateDer<'_>],
    ) -> Result<Operator, Status> {
        if workload.account != self.operator {
            refused(workload, "is not the operator's account");
            return Err(workload_refused());
        }
        // The handshake has checked who signed it and that it is in time; here it is whose it is.
        let named = certificates.first().is_some_and(|certificate| {
            let parsed = ParsedCertificate::try_from(certificate).ok();
            parsed
                .zip(self.operator_certificate.as_ref())
                .is_some_and(|(parsed, name)| verify_server_name(&parsed, name).is_ok())
        });
        if !named {
            refused(workload, "shows no certificate of the operator");
            return Err(workload_refused());
        }
        Ok(Operator(()))
    }

    /// Lets a call in, with who calls among its extensions, for as long as the turn is held.
    async fn admit(&self, request: &mut Request<Body>) -> Result<super::turns::Turn, Status> {
        let Some(access) = access(request.uri().path()) else {
            return Err(Status::new(Code::Unimplemented, "no such method"));
        };
        let mut tenant = None;
        match access {
            Access::Open => {}
            Access::Pod | Access::Caller => {
                let workload = self.workload(request.headers()).await?;
                let pod = self.pod(&workload).await?;
                tenant = Some(pod.tenancy.id);
                request.extensions_mut().insert(pod);
            }
            Access::Operator => {
                let workload = self.workload(request.headers()).await?;
                let shown = request
                    .extensions()
                    .get::<TlsConnectInfo<TcpConnectInfo>>()
                    .and_then(TlsConnectInfo::peer_certs);
                let certificates = shown.as_ref().map_or(&[][..], |shown| shown.as_slice());
                let operator = self.operator(&workload, certificates)?;
                request.extensions_mut().insert(operator);
            }
        }
        self.turns.take(tenant).map_err(|fault| to_status(&fault))
    }
}

fn refused(workload: &Workload, why: &str) {
    tracing::warn!(
        workload.account = %workload.account,
        workload.pod = workload.pod.as_deref(),
        "a workload was refused: it {why}"
    );
}

/// Exactly one token: of two, nobody could say which was meant.
fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let only = given.next().filter(|_| given.next().is_none())?;
    let token = only.to_str().ok()?.strip_prefix("Bearer ")?;
    (!token.is_empty()).then(|| SecretString::from(token))
}

/// Puts the gate in front of a service.
#[derive(Clone)]
pub struct Gate(pub Arc<Porter>);

impl<S> Layer<S> for Gate {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated {
            porter: Arc::clone(&self.0),
            inner,
        }
    }
}

#[derive(Clone)]
pub struct Gated<S> {
    porter: Arc<Porter>,
    inner: S,
}

impl<S> Service<Request<Body>> for Gated<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, ctx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(ctx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let porter = Arc::clone(&self.porter);
        // The one that was made ready is the one that is called.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        Box::pin(async move {
            match porter.admit(&mut request).await {
                Ok(_turn) => inner.call(request).await,
                Err(status) => Ok(status.into_http()),
            }
        })
    }
}
