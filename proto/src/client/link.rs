//! One connection to the control plane, shared by all planes: deadlines, tokens, retries.

use std::error::Error as _;
use std::future::Future;
use std::time::Duration;

use tokio::sync::RwLock;
use tokio::time::Instant;
use tonic::transport::Channel;
use tonic::{Code, ConnectError, Request, Response, Status};
use tonic_types::StatusExt as _;
use vaultpilot_ports::Fault;

use super::endpoint::{Endpoint, EndpointError, Files};
use super::token::Token;
use crate::fault::{CONTROL_PLANE_UNAVAILABLE, DOMAIN, WORKLOAD_REFUSED, from_status};

/// How often one question is asked at most.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// What may be done when a call fails on the way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    deadline: Duration,
    /// Whether asking again changes nothing.
    repeats: bool,
}

impl Manner {
    pub(super) const READ: Self = Self::new(5, true);
    pub(super) const WRITE: Self = Self::new(5, false);
    pub(super) const LONG_READ: Self = Self::new(25, true);
    pub(super) const LONG_WRITE: Self = Self::new(25, false);

    const fn new(seconds: u64, repeats: bool) -> Self {
        Self {
            deadline: Duration::from_secs(seconds),
            repeats,
        }
    }
}

pub struct Link {
    endpoint: Endpoint,
    token: Option<Token>,
    wire: RwLock<Connection>,
}

struct Connection {
    files: Files,
    channel: Channel,
}

impl Link {
    /// Reads the files and checks the address; connects with the first call.
    ///
    /// # Errors
    /// When the address may not be used, or a file is missing or is none of its kind.
    pub async fn open(endpoint: Endpoint) -> Result<Self, EndpointError> {
        endpoint.check()?;
        let files = endpoint.read().await?;
        let channel = endpoint.channel(&files)?;
        Ok(Self {
            token: endpoint.token_file.clone().map(Token::new),
            wire: RwLock::new(Connection { files, channel }),
            endpoint,
        })
    }

    /// One question, one answer, within the deadline whatever happens.
    pub(super) async fn ask<M, R, F, S>(
        &self,
        manner: Manner,
        message: M,
        send: S,
    ) -> Result<R, Fault>
    where
        M: Clone + Send,
        R: Send,
        F: Future<Output = Result<Response<R>, Status>> + Send,
        S: Fn(Channel, Request<M>) -> F + Send + Sync,
    {
        let end = Instant::now() + manner.deadline;
        let mut was_refused = false;
        let mut attempt = 1;
        loop {
            let status = match self.once(end, message.clone(), &send).await? {
                Ok(answer) => return Ok(answer),
                Err(status) => status,
            };
            if is_refusal(&status) && !was_refused {
                // It was turned away at the door, so nothing happened: once more with a new token.
                was_refused = true;
                if let Some(token) = &self.token {
                    token.forget();
                    continue;
                }
            }
            let never_arrived = could_not_connect(&status);
            if never_arrived {
                self.reopen().await;
            }
            let may = never_arrived || (manner.repeats && broke_on_the_way(&status));
            if !may || attempt == ATTEMPTS || end <= Instant::now() + PAUSE * attempt {
                tracing::debug!(code = ?status.code(), attempt, "call to the control plane failed");
                return Err(from_status(&status));
            }
            tokio::time::sleep(PAUSE * attempt).await;
            attempt += 1;
        }
    }

    async fn once<M, R, F, S>(
        &self,
        end: Instant,
        message: M,
        send: &S,
    ) -> Result<Result<R, Status>, Fault>
    where
        F: Future<Output = Result<Response<R>, Status>> + Send,
        S: Fn(Channel, Request<M>) -> F + Send + Sync,
    {
        let mut request = self.request(message).await?;
        let left = end.saturating_duration_since(Instant::now());
        request.set_timeout(left);
        let answer = send(self.channel().await, request);
        let answer = tokio::time::timeout(left, answer).await;
        Ok(match answer {
            Ok(answer) => answer.map(Response::into_inner),
            Err(_) => Err(Status::deadline_exceeded("no answer in time")),
        })
    }

    /// A request that carries the workload's token, and no deadline yet.
    pub(super) async fn request<M>(&self, message: M) -> Result<Request<M>, Fault> {
        let mut request = Request::new(message);
        if let Some(token) = &self.token {
            let bearer = token.bearer().await.map_err(|error| {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "no token to show to the control plane"
                );
                Fault::unavailable(CONTROL_PLANE_UNAVAILABLE, error.to_string())
            })?;
            request.metadata_mut().insert("authorization", bearer);
        }
        Ok(request)
    }

    pub(super) async fn channel(&self) -> Channel {
        self.wire.read().await.channel.clone()
    }

    /// Certificates are renewed in place. A channel keeps what it was made of, so another is made
    /// when connecting fails and the files say something else by now.
    async fn reopen(&self) {
        let Ok(files) = self.endpoint.read().await else {
            return;
        };
        let mut wire = self.wire.write().await;
        if wire.files == files {
            return;
        }
        match self.endpoint.channel(&files) {
            Ok(channel) => *wire = Connection { files, channel },
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "new certificates cannot be used"
            ),
        }
    }
}

fn is_refusal(status: &Status) -> bool {
    status.code() == Code::Unauthenticated
        && reason_of(status).is_some_and(|reason| reason == WORKLOAD_REFUSED)
}

fn reason_of(status: &Status) -> Option<String> {
    let info = status.get_details_error_info()?;
    (info.domain == DOMAIN).then_some(info.reason)
}

/// There was no connection to send anything over.
fn could_not_connect(status: &Status) -> bool {
    let mut source = status.source();
    while let Some(error) = source {
        if error.is::<ConnectError>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// Not a judgement of the control plane. `Cancelled` is what a connection that closes says of the
/// calls on it; when our own time is up there is none left to ask again in.
fn broke_on_the_way(status: &Status) -> bool {
    let may_pass = matches!(
        status.code(),
        Code::Unavailable | Code::Unknown | Code::Aborted | Code::Internal | Code::Cancelled
    );
    may_pass && reason_of(status).is_none()
}
