//! A place to run commands from, and a server whose answers are written down beforehand.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::task::JoinHandle;

/// A home folder with nothing in it.
pub(crate) struct Desk {
    pub home: TempDir,
    env: BTreeMap<String, String>,
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_default()
    }
}

impl Desk {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self {
            home: tempfile::tempdir()?,
            env: BTreeMap::new(),
        })
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.path(".local/share/vaultpilot")
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, "").await
    }

    /// Runs a command with something on its standard input. Nobody sits at a terminal.
    pub(crate) async fn run_with(&self, args: &[&str], input: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vaultpilot"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.home.path())
            .envs(&self.env)
            .current_dir(self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let ended = async {
            let mut child = command.spawn()?;
            if let Some(mut stdin) = child.stdin.take() {
                stdin.write_all(input.as_bytes()).await?;
            }
            child.wait_with_output().await
        };
        match ended.await {
            Ok(output) => Said {
                code: output.status.code().unwrap_or(-1),
                out: String::from_utf8_lossy(&output.stdout).into_owned(),
                err: String::from_utf8_lossy(&output.stderr).into_owned(),
            },
            Err(error) => Said {
                code: -1,
                out: String::new(),
                err: error.to_string(),
            },
        }
    }
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub method: Method,
    pub uri: String,
    pub headers: HeaderMap,
    pub body: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub status: u16,
    pub kind: &'static str,
    pub body: String,
    /// The header `x-next-after`.
    pub next_after: Option<usize>,
}

impl Answer {
    pub(crate) fn text(status: u16, kind: &'static str, body: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            body: body.into(),
            next_after: None,
        }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }
}

type Script = Box<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// A server that answers by a script and remembers what it was asked.
pub(crate) struct Double {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Double {
    pub(crate) async fn start(
        script: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script: Script = Box::new(script);
        let state = Arc::new((script, Arc::clone(&asked)));
        let router = Router::new().fallback(answer).with_state(state);
        #[expect(clippy::disallowed_methods, reason = "aborted when the test drops it")]
        let task = tokio::spawn(async move {
            // It ends with the test.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, asked, task })
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked
            .lock()
            .map(|asked| asked.clone())
            .unwrap_or_default()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Shared = Arc<(Script, Arc<Mutex<Vec<Asked>>>)>;

async fn answer(
    State(state): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    let asked = Asked {
        method,
        uri: uri.to_string(),
        headers,
        body,
    };
    let answer = (state.0)(&asked);
    if let Ok(mut all) = state.1.lock() {
        all.push(asked);
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::IM_A_TEAPOT);
    let mut response = (status, [("content-type", answer.kind)], answer.body).into_response();
    if let Some(next) = answer.next_after {
        response.headers_mut().insert("x-next-after", next.into());
    }
    response
}
