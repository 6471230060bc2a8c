//! Connections of the gRPC door, handshake done. A slow or broken handshake keeps nobody waiting.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;
use futures::stream::unfold;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::Tls;

const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at once.
const SHAKING: usize = 256;

/// Accepts until told to stop. Meant to run as a task of its own.
pub(super) fn accept(
    listener: TcpListener,
    tls: Arc<Tls>,
    stop: CancellationToken,
) -> (
    impl Stream<Item = io::Result<TlsStream<TcpStream>>>,
    impl Future<Output = ()> + Send + 'static,
) {
    let (ready, taken) = mpsc::channel(16);
    let incoming = unfold(taken, async |mut taken| {
        let stream = taken.recv().await?;
        Some((Ok(stream), taken))
    });
    let accepting = async move {
        let turns = Arc::new(Semaphore::new(SHAKING));
        let mut shaking = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                // What is over makes room.
                Some(_) = shaking.join_next() => continue,
                accepted = turn(&listener, &turns) => accepted,
            };
            let Some((stream, permit)) = accepted else {
                continue;
            };
            let (acceptor, ready) = (TlsAcceptor::from(tls.server()), ready.clone());
            shaking.spawn(async move {
                let _permit = permit;
                if let Some(stream) = shake(acceptor, stream).await {
                    let _ = ready.send(stream).await;
                }
            });
        }
    };
    (incoming, accepting)
}

async fn turn(
    listener: &TcpListener,
    turns: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(turns).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, permit)),
        Err(error) => {
            // Out of file descriptors, most likely: it passes.
            tracing::warn!(%error, "connection cannot be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn shake(acceptor: TlsAcceptor, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    let _ = stream.set_nodelay(true);
    match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "TLS handshake failed");
            None
        }
        Err(_) => {
            tracing::debug!("TLS handshake took too long");
            None
        }
    }
}
