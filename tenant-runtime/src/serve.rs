//! Serving a router the way MCP needs it, to clients that may be slow, many, or behind proxies.

mod connection;

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use vaultpilot_policy::document::Network;

/// How a listener treats those who connect.
#[derive(Debug, Clone)]
pub struct Listening {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Connections open at once; more wait in the kernel's queue until one ends.
    pub max_connections: usize,
    /// How long a client may take over the head of a request, and idle between two.
    pub head_timeout: Duration,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            // With its sockets, database and chains it stays below the usual 1024 files of a
            // process.
            max_connections: 512,
            head_timeout: Duration::from_secs(30),
        }
    }
}

/// Serves until `shutdown` is over and every request in flight is answered.
///
/// What a bare `axum::serve` lacks: `TCP_NODELAY` on every socket (without it Nagle's algorithm and
/// delayed acknowledgements cost up to 40 ms a call), a bound on connections and on the time a head
/// may take, and the caller's address. `ConnectInfo<SocketAddr>` of a request is the address after
/// trusted proxies, which policies and keys ask for; it is absent where that cannot be told.
///
/// # Errors
/// When the listener has no address.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    listening: Listening,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let room = Arc::new(Semaphore::new(listening.max_connections));
    let listening = Arc::new(listening);
    let (open, closing) = watch::channel(());
    // Dropped with this future: no connection outlives its listener.
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let arrival = async {
            // The semaphore is never closed.
            let place = room.clone().acquire_owned().await.ok();
            (place, accept(&listener).await)
        };
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            (place, (socket, peer)) = arrival => {
                let talk = connection::talk(
                    socket, peer, router.clone(), listening.clone(), closing.clone(),
                );
                connections.spawn(async move {
                    talk.await;
                    drop(place);
                });
            }
        }
    }
    drop((listener, open));
    tracing::debug!(listen = %address, connections = connections.len(), "draining");
    while connections.join_next().await.is_some() {}
    Ok(())
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        let error = match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => error,
        };
        // A client that has gone again is no reason to wait.
        if !matches!(
            error.kind(),
            ErrorKind::ConnectionAborted
                | ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
        ) {
            // Most likely too many open files: asking again at once would only burn the processor.
            tracing::warn!(%error, "connection cannot be accepted");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
