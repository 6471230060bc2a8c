//! A line to a server that can be slow, be cut, and tell what was asked over it.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Weather {
    Fair,
    /// Requests arrive, answers do not.
    Slow,
    /// Requests arrive, and the line is cut instead of an answer.
    Cut,
    /// One line is cut like that, the next is fair.
    CutOnce,
}

pub(crate) struct Proxy {
    pub(crate) address: String,
    line: Arc<Line>,
    _open: JoinSet<()>,
}

struct Line {
    server: u16,
    weather: AtomicU8,
    opened: AtomicUsize,
    asked: Mutex<Vec<u8>>,
}

impl Proxy {
    pub(crate) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let line = Arc::new(Line {
            server,
            weather: AtomicU8::new(Weather::Fair as u8),
            opened: AtomicUsize::new(0),
            asked: Mutex::default(),
        });
        let mut open = JoinSet::new();
        let accepting = Arc::clone(&line);
        open.spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                accepting.opened.fetch_add(1, Ordering::SeqCst);
                let line = Arc::clone(&accepting);
                lines.spawn(async move { line.carry(near).await });
            }
        });
        Self {
            address,
            line,
            _open: open,
        }
    }

    pub(crate) fn becomes(&self, weather: Weather) {
        self.line.weather.store(weather as u8, Ordering::SeqCst);
    }

    pub(crate) fn opened(&self) -> usize {
        self.line.opened.load(Ordering::SeqCst)
    }

    /// How often this was asked: `POST /v1/auth/approle/login`.
    pub(crate) fn asked(&self, what: &str) -> usize {
        let asked = self.line.asked.lock().unwrap();
        let text = String::from_utf8_lossy(&asked);
        text.matches(&format!("{what} HTTP/1.1")).count()
    }
}

impl Line {
    fn is(&self, weather: Weather) -> bool {
        self.weather.load(Ordering::SeqCst) == weather as u8
    }

    async fn carry(&self, near: TcpStream) {
        let server = TcpStream::connect(("127.0.0.1", self.server))
            .await
            .unwrap();
        let (mut from_near, mut to_near) = near.into_split();
        let (mut from_far, mut to_far) = server.into_split();
        let asking = async {
            let mut buffer = vec![0; 16 * 1024];
            while let Ok(length @ 1..) = from_near.read(&mut buffer).await {
                self.asked
                    .lock()
                    .unwrap()
                    .extend_from_slice(&buffer[..length]);
                to_far.write_all(&buffer[..length]).await.unwrap();
            }
        };
        let answering = async {
            let mut first = vec![0; 16 * 1024];
            while let Ok(length @ 1..) = from_far.read(&mut first).await {
                let fair = Weather::Fair as u8;
                let once = Weather::CutOnce as u8;
                let order = Ordering::SeqCst;
                let cut = self.weather.compare_exchange(once, fair, order, order);
                if cut.is_ok() || self.is(Weather::Cut) {
                    return;
                }
                if self.is(Weather::Slow) {
                    std::future::pending::<()>().await;
                }
                to_near.write_all(&first[..length]).await.ok();
            }
            copy(&mut from_far, &mut to_near).await.ok();
        };
        tokio::select! {
            () = asking => {}
            () = answering => {}
        }
    }
}
