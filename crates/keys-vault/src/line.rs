//! A request to Vault until it is answered, or until it is clear that it will not be.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use vaultpilot_ports::keys::KeyError;

use crate::http::{Answer, Fault, Http, Request};

/// With the first one.
const ATTEMPTS: u32 = 3;
/// Three times as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// When a request that failed is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It may arrive twice.
    Always,
    /// Each arrival counts: what logs in may be good for a number of times.
    Unsent,
}

pub(crate) struct Line {
    http: Http,
}

/// Why there is no answer.
struct Failed {
    error: KeyError,
    sent: bool,
    passing: bool,
}

#[derive(Deserialize)]
struct Health {
    initialized: bool,
    sealed: bool,
}

impl Line {
    pub(crate) fn new(http: Http) -> Self {
        Self { http }
    }

    /// An answer that is about the request: neither a fault of the server nor a redirect.
    pub(crate) async fn ask(
        &self,
        request: Request,
        token: Option<&SecretString>,
        repeat: Repeat,
    ) -> Result<Answer, KeyError> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS {
            match self.once(request.clone(), token).await {
                Ok(answer) => return Ok(answer),
                Err(failed) if failed.is_repeated(repeat) => {}
                Err(failed) => return Err(failed.error),
            }
            tokio::time::sleep(pause).await;
            pause *= 3;
        }
        let last = self.once(request, token).await;
        last.map_err(|failed| failed.error)
    }

    async fn once(&self, request: Request, token: Option<&SecretString>) -> Result<Answer, Failed> {
        let answer = match self.http.send(request, token).await {
            Ok(answer) => answer,
            Err(fault) => return Err(self.failed(fault)),
        };
        match answer.status {
            503 => Err(self.out_of_service().await),
            // What a follower has not seen yet (412), or what the server stumbled over.
            412 | 500..=599 => Err(Failed {
                error: self.unavailable(&format!("answered with status {}", answer.status)),
                sent: true,
                passing: true,
            }),
            300..=399 => Err(Failed {
                error: self.unavailable(
                    "redirects elsewhere: name the active node, or what balances the load",
                ),
                sent: true,
                passing: false,
            }),
            _ => Ok(answer),
        }
    }

    /// A sealed Vault says so where it tells its health, in words for programs.
    async fn out_of_service(&self) -> Failed {
        let health = self.http.health().await.ok();
        let health = health.and_then(|answer| serde_json::from_slice::<Health>(&answer.body).ok());
        let (error, passing) = match health {
            Some(health) if !health.initialized => {
                (self.unavailable("is not initialised yet"), false)
            }
            Some(health) if health.sealed => (KeyError::ProviderSealed, false),
            _ => (self.unavailable("answered with status 503"), true),
        };
        Failed {
            error,
            sent: true,
            passing,
        }
    }

    fn failed(&self, fault: Fault) -> Failed {
        let (error, sent, passing) = match fault {
            Fault::NotConnected => (self.unavailable("cannot be reached"), false, true),
            Fault::Untrusted => (
                self.unavailable("shows a certificate that is not signed by whom it has to be"),
                false,
                false,
            ),
            Fault::TimedOut => (KeyError::TimedOut, true, false),
            Fault::Cut => (self.unavailable("cut the connection"), true, true),
            Fault::TooLong => (
                self.unavailable("gave an answer that is too long"),
                true,
                false,
            ),
            Fault::Token => {
                let detail = "what was to be the token for vault is none".to_owned();
                (KeyError::Denied { detail }, false, false)
            }
        };
        Failed {
            error,
            sent,
            passing,
        }
    }

    /// `what` is ours: words of the server could repeat what was sent to it.
    pub(crate) fn unavailable(&self, what: &str) -> KeyError {
        KeyError::Unavailable {
            detail: format!("vault at {} {what}", self.http.origin()),
        }
    }
}

impl Failed {
    fn is_repeated(&self, repeat: Repeat) -> bool {
        self.passing && (repeat == Repeat::Always || !self.sent)
    }
}
