//! The load: so many connections, each sending its next call when the last was answered. Written
//! on the bare socket, so that the load costs little beside the server it loads.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// One MCP endpoint and the call it is loaded with.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub address: String,
    pub request: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub calls_per_s: f64,
    pub p50: Duration,
    pub p99: Duration,
}

impl Target {
    /// A `tools/call` of the current revision.
    pub(crate) fn new(address: &str, path: &str, key: &str, tool: &str, arguments: &str) -> Self {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments},"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{{"name":"bench","version":"1"}},"io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
        );
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\naccept: application/json, text/event-stream\r\n\
             mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\nmcp-name: {tool}\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        Self {
            address: address.to_owned(),
            request: [head.as_bytes(), body.as_bytes()].concat(),
        }
    }

    /// One call, to see that it is answered as it should be.
    pub(crate) async fn once(&self) -> String {
        let mut connection = Connection::open(self).await;
        connection.call(&self.request).await;
        String::from_utf8_lossy(&connection.body).into_owned()
    }

    /// Loads it for so long over so many connections.
    pub(crate) async fn load(&self, connections: usize, time: Duration) -> Measured {
        let end = Instant::now() + time;
        let mut running = JoinSet::new();
        for _ in 0..connections {
            let target = self.clone();
            running.spawn(async move {
                let mut connection = Connection::open(&target).await;
                let mut times = Vec::new();
                while Instant::now() < end {
                    let start = Instant::now();
                    connection.call(&target.request).await;
                    times.push(start.elapsed());
                }
                times
            });
        }
        let mut times: Vec<Duration> = running.join_all().await.into_iter().flatten().collect();
        times.sort_unstable();
        let at = |share: usize| times[(times.len() - 1) * share / 100];
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of calls are far below 2^52"
        )]
        let calls_per_s = times.len() as f64 / time.as_secs_f64();
        Measured {
            calls_per_s,
            p50: at(50),
            p99: at(99),
        }
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    body: Vec<u8>,
}

impl Connection {
    async fn open(target: &Target) -> Self {
        let stream = TcpStream::connect(&target.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::with_capacity(16_384),
            body: Vec::new(),
        }
    }

    /// Sends the request and reads one whole answer, which must be 200.
    async fn call(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the server closed the connection");
            if let Some(body) = whole(&self.buffer) {
                assert!(self.buffer.starts_with(b"HTTP/1.1 200"), "{}", self.text());
                self.body.clear();
                self.body.extend_from_slice(&self.buffer[body..]);
                return;
            }
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.buffer).into_owned()
    }
}

/// Where the body begins, once all of it is there.
fn whole(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head])
        .unwrap()
        .to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    match length {
        Some(length) => {
            (buffer.len() >= head + length.trim().parse::<usize>().unwrap()).then_some(head)
        }
        None => buffer.ends_with(b"0\r\n\r\n").then_some(head),
    }
}
