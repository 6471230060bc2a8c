//! JSON-RPC over HTTP, as alloy's client wants it. Ours, because alloy's own reads answers of any
//! length and puts the URL, which often carries a key, into its errors and spans.

use std::error::Error as _;
use std::task::{Context, Poll};
use std::time::Duration;

use alloy::rpc::json_rpc::{RequestPacket, ResponsePacket};
use alloy::transports::{TransportError, TransportErrorKind, TransportFut};
use reqwest::{Client, StatusCode, Url, redirect};

use crate::guard::{EndpointGuard, EndpointRefused, GuardedResolver};

pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// No answer we ask for is longer.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// What went wrong below JSON-RPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("connection failed")]
    NotSent,
    #[error("{0}")]
    Refused(#[from] EndpointRefused),
    #[error("no answer in time")]
    TimedOut,
    #[error("connection was cut")]
    Cut,
    #[error("answer is too long")]
    TooLong,
    #[error("http status {0}")]
    Status(u16),
    #[error("answer is no json-rpc")]
    NotJsonRpc,
}

impl Fault {
    /// Whether the node may have read the request, whatever came back.
    pub(crate) const fn may_have_arrived(self) -> bool {
        !matches!(self, Self::NotSent | Self::Refused(_))
    }

    fn from_reqwest(error: &reqwest::Error) -> Self {
        let mut cause = error.source();
        while let Some(inner) = cause {
            if let Some(refused) = inner.downcast_ref::<EndpointRefused>() {
                return Self::Refused(*refused);
            }
            cause = inner.source();
        }
        match () {
            () if error.is_connect() || error.is_builder() => Self::NotSent,
            () if error.is_timeout() => Self::TimedOut,
            () => Self::Cut,
        }
    }
}

/// One endpoint's connection pool.
#[derive(Debug, Clone)]
pub(crate) struct HttpTransport {
    client: Client,
    url: Url,
}

impl HttpTransport {
    pub(crate) fn new(url: Url, guard: EndpointGuard) -> Result<Self, reqwest::Error> {
        let plaintext = url.scheme() == "http";
        let client = Client::builder()
            .user_agent("vaultpilot")
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .tcp_nodelay(true)
            .tcp_keepalive(Duration::from_secs(30))
            .pool_idle_timeout(Duration::from_secs(90))
            // A redirect or a proxy would lead around the guard.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .https_only(!plaintext)
            .dns_resolver(GuardedResolver { guard, plaintext })
            .build()?;
        Ok(Self { client, url })
    }

    async fn exchange(self, request: RequestPacket) -> Result<ResponsePacket, TransportError> {
        let response = self
            .client
            .post(self.url)
            .json(&request)
            .send()
            .await
            .map_err(|error| fault(Fault::from_reqwest(&error)))?;
        let status = response.status();
        let body = read(response).await.map_err(fault)?;
        interpret(status, &body).map_err(fault)
    }
}

impl tower::Service<RequestPacket> for HttpTransport {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: RequestPacket) -> Self::Future {
        Box::pin(self.clone().exchange(request))
    }
}

fn fault(fault: Fault) -> TransportError {
    TransportErrorKind::custom(fault)
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Fault::from_reqwest(&error))?
    {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Fault::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Some nodes send JSON-RPC errors with a 4xx status: those are answers. A limit or a broken
/// gateway never is.
fn interpret(status: StatusCode, body: &[u8]) -> Result<ResponsePacket, Fault> {
    let unsuccessful = || Fault::Status(status.as_u16());
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Err(unsuccessful());
    }
    let packet = serde_json::from_slice::<ResponsePacket>(body).ok();
    match packet {
        Some(packet) if status.is_success() || packet.is_error() => Ok(packet),
        None if status.is_success() => Err(Fault::NotJsonRpc),
        _ => Err(unsuccessful()),
    }
}

#[cfg(test)]
mod tests;
