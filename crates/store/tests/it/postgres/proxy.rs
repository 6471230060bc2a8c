//! A line to the server that can be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

pub(crate) struct Proxy {
    pub(crate) port: u16,
    cut: Arc<Notify>,
    opened: Arc<AtomicUsize>,
    _lines: JoinSet<()>,
}

impl Proxy {
    pub(crate) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::new(Notify::new());
        let mut lines = JoinSet::new();
        let opened = Arc::new(AtomicUsize::new(0));
        let (scissors, count) = (Arc::clone(&cut), Arc::clone(&opened));
        lines.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let scissors = Arc::clone(&scissors);
                open.spawn(async move {
                    let mut far = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                    let cut = scissors.notified();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        () = cut => {}
                    }
                });
            }
        });
        Self {
            port,
            cut,
            opened,
            _lines: lines,
        }
    }

    /// How many lines were opened so far.
    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    /// Cuts every line that is open. New ones can be opened.
    pub(crate) fn cut(&self) {
        self.cut.notify_waiters();
    }
}
