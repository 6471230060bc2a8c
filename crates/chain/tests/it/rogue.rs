//! Endpoints that misbehave: a small HTTP server with an answer for each request.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) enum Reply {
    Result(Value),
    Error(i64, &'static str),
    Status(u16, &'static str),
    Redirect(String),
    /// A good result after so many blanks.
    Padded(usize, Value),
    /// Closes the connection without a word.
    Cut,
    /// Keeps it open without a word.
    Silence,
}

type Answer = Pin<Box<dyn Future<Output = Reply> + Send>>;

pub(crate) struct Rogue {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Rogue {
    /// How often it was asked this.
    pub(crate) fn asked(&self, method: &str) -> usize {
        self.seen
            .lock()
            .unwrap()
            .iter()
            .filter(|seen| *seen == method)
            .count()
    }
}

/// Answers as `answer` says, which is given method and parameters.
pub(crate) async fn rogue<F, A>(answer: F) -> Rogue
where
    F: Fn(String, Value) -> A + Send + Sync + 'static,
    A: Future<Output = Reply> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let answer = Arc::new(move |method, params| -> Answer { Box::pin(answer(method, params)) });
    let rogue = Rogue {
        url,
        seen: Arc::clone(&seen),
    };
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
            tokio::spawn(async move {
                // A client that gives up first is no matter of ours.
                let _ = serve(stream, &*answer, &seen).await;
            });
        }
    });
    rogue
}

/// Serves the right chain, and `reply` for everything else.
pub(crate) async fn ill(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Rogue {
    rogue(move |method, _| {
        let reply = if method == "eth_chainId" {
            right_chain()
        } else {
            reply()
        };
        async move { reply }
    })
    .await
}

/// Serves another chain, and cheerfully.
pub(crate) async fn impostor() -> Rogue {
    rogue(|method, params| async move {
        match method.as_str() {
            "eth_chainId" => Reply::Result(json!("0x1")),
            "eth_blockNumber" | "eth_getBalance" => Reply::Result(json!("0x666")),
            "eth_sendRawTransaction" => Reply::Result(hash_of(&params)),
            _ => Reply::Error(-32_000, "insufficient funds"),
        }
    })
    .await
}

pub(crate) fn right_chain() -> Reply {
    Reply::Result(json!("0x7a69"))
}

fn hash_of(params: &Value) -> Value {
    let raw = params[0].as_str().unwrap().trim_start_matches("0x");
    json!(alloy::primitives::keccak256(hex::decode(raw).unwrap()))
}

/// Hands requests on to a node; of those that `loses` names, the answer is lost.
pub(crate) async fn lossy(node: String, loses: &'static str, times: usize) -> Rogue {
    let left = Arc::new(AtomicUsize::new(times));
    rogue(move |method, params| {
        let (node, left) = (node.clone(), Arc::clone(&left));
        async move {
            let result = super::fixture::rpc(&node, &method, params).await;
            let lost = method == loses
                && left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
                    .is_ok();
            if lost {
                Reply::Cut
            } else {
                Reply::Result(result)
            }
        }
    })
    .await
}

/// A port nobody listens on.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn serve(
    mut stream: TcpStream,
    answer: &(dyn Fn(String, Value) -> Answer + Send + Sync),
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let request: Value = serde_json::from_slice(&read_body(&mut stream).await?)?;
    let method = request["method"].as_str().unwrap_or_default().to_owned();
    seen.lock().unwrap().push(method.clone());
    let id = &request["id"];
    let (status, extra, body) = match answer(method, request["params"].clone()).await {
        Reply::Result(result) => {
            let body = json!({ "jsonrpc": "2.0", "id": id, "result": result });
            (200, String::new(), body.to_string().into_bytes())
        }
        Reply::Error(code, message) => {
            let error = json!({ "code": code, "message": message });
            let body = json!({ "jsonrpc": "2.0", "id": id, "error": error });
            (200, String::new(), body.to_string().into_bytes())
        }
        Reply::Status(status, body) => (status, String::new(), body.as_bytes().to_vec()),
        Reply::Redirect(to) => (307, format!("location: {to}\r\n"), Vec::new()),
        Reply::Padded(blanks, result) => {
            let body = json!({ "jsonrpc": "2.0", "id": id, "result": result });
            (
                200,
                String::new(),
                format!("{}{body}", " ".repeat(blanks)).into_bytes(),
            )
        }
        Reply::Cut => return Ok(()),
        Reply::Silence => return std::future::pending().await,
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n{extra}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await
}

/// What follows the headers, as long as `content-length` says.
async fn read_body(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut read = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&chunk[..count]);
        let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or_default();
        if read.len() >= end + 4 + length {
            return Ok(read[end + 4..end + 4 + length].to_vec());
        }
    }
}
