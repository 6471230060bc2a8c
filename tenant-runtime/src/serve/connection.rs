//! One connection, from its first byte to its last.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::Service as _;
use vaultpilot_core::client_address;

use super::Listening;

/// The most one connection buffers. A head must fit; bodies pass through in pieces.
const MAX_BUFFER: usize = 64 * 1024;

/// Answers requests until the client goes, takes too long over a head, or `closing` is over; the
/// request in flight is answered even then.
pub(super) async fn talk(
    socket: TcpStream,
    peer: SocketAddr,
    router: Router,
    listening: Arc<Listening>,
    mut closing: watch::Receiver<()>,
) {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY cannot be set");
    }
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(listening.head_timeout)
        .max_buf_size(MAX_BUFFER);
    let service = service_fn(move |request: hyper::Request<_>| {
        let mut request = request.map(Body::new);
        if let Some(caller) = caller(peer, request.headers(), &listening) {
            request.extensions_mut().insert(ConnectInfo(caller));
        }
        // A router is always ready.
        router.clone().call(request)
    });
    let mut connection = pin!(http.serve_connection(TokioIo::new(socket), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = closing.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "connection ended early");
    }
}

/// The caller's address after trusted proxies. Its port is the connection's.
fn caller(peer: SocketAddr, headers: &HeaderMap, listening: &Listening) -> Option<SocketAddr> {
    let forwarded = headers.get_all("x-forwarded-for").into_iter();
    let trusts = |address| {
        let mut proxies = listening.trusted_proxies.iter();
        proxies.any(|proxy| proxy.contains(address))
    };
    let lines = forwarded.map(HeaderValue::as_bytes);
    let address = client_address(peer.ip(), lines, trusts)?;
    Some(SocketAddr::new(address, peer.port()))
}
