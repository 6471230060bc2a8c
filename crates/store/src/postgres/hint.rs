//! What other processes commit, heard on a connection of its own.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use tokio_postgres::{AsyncMessage, Client};
use vaultpilot_ports::store::{Hint, Hints};

use super::connection::{Messages, Target};

/// The channel that the schema's triggers tell on.
const CHANNEL: &str = "vaultpilot";
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

pub(super) struct Listener {
    target: Target,
    ear: Ear,
    /// How long to wait before the next attempt to connect.
    pause: Duration,
}

type Opening = Pin<Box<dyn Future<Output = Result<Ear, tokio_postgres::Error>> + Send>>;

enum Ear {
    /// Nothing is heard.
    Deaf,
    /// Kept here, so that an attempt goes on where it was when a call is cancelled.
    Opening(Opening),
    Open {
        /// Its end would end the connection.
        _client: Client,
        messages: Messages,
    },
}

impl Listener {
    pub(super) fn new(target: Target) -> Self {
        Self {
            target,
            ear: Ear::Deaf,
            pause: Duration::ZERO,
        }
    }
}

/// Connects after a pause, and listens.
async fn open(target: Target, pause: Duration) -> Result<Ear, tokio_postgres::Error> {
    tokio::time::sleep(pause).await;
    let (client, mut messages) = target.listen().await?;
    let listen = format!("LISTEN {CHANNEL}");
    let mut asked = Box::pin(client.batch_execute(&listen));
    // The question only travels while messages are polled. What is told before the answer is not
    // missed: whoever hears `Heard` reads for himself.
    poll_fn(|context| {
        if let Poll::Ready(answer) = asked.as_mut().poll(context) {
            return Poll::Ready(answer);
        }
        while let Poll::Ready(Some(Ok(_))) = messages(context) {}
        asked.as_mut().poll(context)
    })
    .await?;
    drop(asked);
    Ok(Ear::Open {
        _client: client,
        messages,
    })
}

#[async_trait]
impl Hints for Listener {
    async fn next(&mut self) -> Hint {
        loop {
            match &mut self.ear {
                Ear::Deaf => {
                    self.ear = Ear::Opening(Box::pin(open(self.target.clone(), self.pause)));
                }
                Ear::Opening(attempt) => match attempt.await {
                    Ok(ear) => {
                        self.ear = ear;
                        return Hint::Heard;
                    }
                    Err(error) => {
                        tracing::debug!(%error, "the database does not tell what changes");
                        let first = self.pause.is_zero();
                        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
                        self.ear = Ear::Deaf;
                        // Said once for each gap.
                        if first {
                            return Hint::Lost;
                        }
                    }
                },
                Ear::Open { messages, .. } => match poll_fn(|context| messages(context)).await {
                    Some(Ok(AsyncMessage::Notification(told))) => {
                        if let Some(hint) = parse(told.payload()) {
                            return hint;
                        }
                        tracing::warn!("a hint cannot be read");
                    }
                    Some(Ok(_)) => {}
                    ended => {
                        let error = ended.and_then(Result::err);
                        tracing::warn!(?error, "the database no longer tells what changes");
                        self.ear = Ear::Deaf;
                        self.pause = FIRST_PAUSE;
                        return Hint::Lost;
                    }
                },
            }
        }
    }
}

/// As the schema's triggers write them.
fn parse(payload: &str) -> Option<Hint> {
    let words: Vec<&str> = payload.split(' ').collect();
    match words[..] {
        ["moved", tenant, intent, state] => Some(Hint::Moved {
            tenant: tenant.parse().ok()?,
            intent: intent.parse().ok()?,
            state: state.parse().ok()?,
        }),
        ["changed", tenant] => Some(Hint::Changed {
            tenant: tenant.parse().ok()?,
        }),
        ["task", tenant, task] => Some(Hint::KeyTask {
            tenant: tenant.parse().ok()?,
            task: task.parse().ok()?,
        }),
        _ => None,
    }
}
