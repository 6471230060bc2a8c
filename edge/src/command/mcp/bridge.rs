//! Standard input and output on one side, streamable HTTP on the other. Every failure is answered in
//! JSON-RPC, because the client shows nothing else.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::sync::{RwLock, mpsc};
use tokio::task::JoinSet;

use super::{BridgeArgs, agent_key};
use crate::command::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::mcp::{Endpoint, Headers, PostError};
use crate::place;

/// JSON-RPC's own code for text that is not JSON.
const PARSE_ERROR: i64 = -32700;
/// The first of the codes left to servers.
const UNREACHABLE: i64 = -32000;

pub(super) async fn run(ctx: &Context, args: &BridgeArgs) -> Result<Exit, Failure> {
    let endpoint = Endpoint::new().map_err(|error| Failure::Mcp {
        method: "bridge".to_owned(),
        detail: error.to_string(),
    })?;
    let (answers, mut outgoing) = mpsc::unbounded_channel::<Value>();
    let bridge = Arc::new(Bridge {
        ctx: ctx.clone(),
        mcp_url: args.mcp_url.clone(),
        endpoint,
        headers: RwLock::default(),
        answers,
    });
    let mut tasks = JoinSet::new();
    let mut writer = JoinSet::new();
    writer.spawn(async move {
        let mut out = tokio::io::stdout();
        while let Some(message) = outgoing.recv().await {
            // One write a message, so that a message is never torn apart.
            let line = format!("{message}\n");
            if out.write_all(line.as_bytes()).await.is_err() || out.flush().await.is_err() {
                return;
            }
        }
    });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Value>(&line) {
            Err(error) => {
                bridge.answer(fault(
                    &Value::Null,
                    PARSE_ERROR,
                    &format!("not JSON: {error}"),
                    None,
                ));
            }
            // What comes after the greeting needs what it brought; notifications keep their order.
            Ok(message) if is_first(&message) || message.get("id").is_none() => {
                bridge.pass(message).await;
            }
            Ok(message) => {
                let bridge = Arc::clone(&bridge);
                tasks.spawn(async move { bridge.pass(message).await });
            }
        }
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
    drop(bridge);
    // The writer ends with its last sender.
    writer.join_all().await;
    Ok(Exit::Ok)
}

struct Bridge {
    ctx: Context,
    mcp_url: Option<String>,
    endpoint: Endpoint,
    headers: RwLock<Headers>,
    answers: mpsc::UnboundedSender<Value>,
}

impl Bridge {
    fn answer(&self, message: Value) {
        // Without a reader there is nobody to answer; the next read ends the bridge.
        let _ = self.answers.send(message);
    }

    /// Passes a message on and its answers back.
    async fn pass(&self, message: Value) {
        let id = message.get("id").cloned();
        let first = is_first(&message);
        let mut agreed = None;
        let mut answered = false;
        let posted = match self.place() {
            Ok((url, key)) => {
                let headers = self.headers.read().await.clone();
                let got = |answer: Value| {
                    if first {
                        let version = answer.pointer("/result/protocolVersion");
                        agreed = version.and_then(Value::as_str).map(str::to_owned);
                    }
                    answered |= id.is_some() && answer.get("id") == id.as_ref();
                    self.answer(answer);
                };
                let posted = self
                    .endpoint
                    .post(&url, &key, &headers, &message, got)
                    .await;
                posted.map_err(|error| told(&url, &error))
            }
            Err(failure) => Err((failure.to_string(), failure.next())),
        };
        match (posted, id) {
            (Ok(session), id) => {
                if first {
                    *self.headers.write().await = Headers {
                        protocol: agreed,
                        session,
                    };
                }
                if let Some(id) = id.filter(|_| !answered && message.get("method").is_some()) {
                    self.answer(fault(&id, UNREACHABLE, "the server gave no answer", None));
                }
            }
            (Err((what, next)), Some(id)) => self.answer(fault(&id, UNREACHABLE, &what, next)),
            (Err((what, _)), None) => self.ctx.screen.talk(format_args!("vaultpilot: {what}")),
        }
    }

    /// Looked up for every message, so that a restarted server or a new key is found.
    fn place(&self) -> Result<(String, secrecy::SecretString), Failure> {
        let key = agent_key(&self.ctx)?;
        let named = self
            .mcp_url
            .as_deref()
            .or_else(|| self.ctx.env.get("VAULTPILOT_MCP_URL"));
        let url = match named {
            Some(url) => url.to_owned(),
            None => place::server(&self.ctx.global, &self.ctx.env)?.mcp_url,
        };
        Ok((url, key))
    }
}

fn is_first(message: &Value) -> bool {
    message.get("method").and_then(Value::as_str) == Some("initialize")
}

fn told(url: &str, error: &PostError) -> (String, Option<String>) {
    let next = match error {
        PostError::Unauthenticated => {
            "vaultpilot key create <name>, and give its secret to the client"
        }
        PostError::Unreachable(_) => "vaultpilot up",
        PostError::Status { .. } | PostError::NotJson(_) => "vaultpilot doctor",
    };
    (format!("{error} ({url})"), Some(next.to_owned()))
}

fn fault(id: &Value, code: i64, message: &str, next: Option<String>) -> Value {
    let mut error = json!({ "code": code, "message": message });
    if let Some(next) = next {
        error["data"] = json!({ "next": next });
    }
    json!({ "jsonrpc": "2.0", "id": id, "error": error })
}
