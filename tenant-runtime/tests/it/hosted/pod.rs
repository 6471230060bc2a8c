//! The process, its two ports, and an agent that talks to it.

use std::net::{SocketAddr, TcpListener};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::house::{KEY, TENANT};
use crate::server::ControlPlane;
use crate::wire::client;

const BINARY: &str = env!("CARGO_BIN_EXE_tenant-runtime");
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Pod {
    child: Child,
    mcp: SocketAddr,
    probes: SocketAddr,
    http: reqwest::Client,
    _folder: TempDir,
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

pub(super) fn binary() -> Command {
    let mut command = Command::new(BINARY);
    command
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

impl Pod {
    /// A pod that is ready. `more` is appended to its configuration.
    pub(super) async fn start(server: &ControlPlane, more: &str) -> Self {
        let pod = Self::begin(server, more);
        pod.until("/readyz", 200).await;
        pod
    }

    /// A pod that was only just started.
    pub(super) fn begin(server: &ControlPlane, more: &str) -> Self {
        let (mcp, probes) = (free(), free());
        let strategies = if more.contains("strategies:") {
            ""
        } else {
            "strategies: { enabled: false }"
        };
        let text = format!(
            "mcp:
  tenant: {TENANT}
  listen: {mcp}
  public_url: http://{mcp}
  drain_grace: 10s
probes: {{ listen: '{probes}', drain_delay: 1s }}
control_plane:
  address: {}
  ca_file: {}
  token_file: {}
log: {{ level: info, format: text }}
{strategies}
{more}
",
            server.url(),
            server.file("ca.crt").display(),
            server.file("token").display(),
        );
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("runtime.yml");
        std::fs::write(&file, text).unwrap();
        let mut command = binary();
        command.arg("serve").arg("--config").arg(file);
        // What it logs is shown beside a test that fails.
        command.stdout(Stdio::inherit()).stderr(Stdio::inherit());
        Self {
            child: command.spawn().unwrap(),
            mcp,
            probes,
            http: client(),
            _folder: folder,
        }
    }

    pub(super) async fn probe(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.probes);
        match self.http.get(url).send().await {
            Ok(answer) => (answer.status().as_u16(), answer.text().await.unwrap()),
            Err(_) => (0, String::new()),
        }
    }

    /// Waits until a probe answers this.
    pub(super) async fn until(&self, path: &str, status: u16) {
        let end = Instant::now() + PATIENCE;
        loop {
            let (seen, _) = self.probe(path).await;
            if seen == status {
                return;
            }
            assert!(Instant::now() < end, "{path} is {seen}, not {status}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub(super) async fn get(&self, path: &str) -> u16 {
        let url = format!("http://{}{path}", self.mcp);
        self.http.get(url).send().await.unwrap().status().as_u16()
    }

    pub(super) async fn post(&self, path: &str, key: &str, message: &Value) -> Response {
        self.posting(path, key, message).send().await.unwrap()
    }

    /// A message to the endpoint that is not sent yet.
    pub(super) fn request(&self, message: &Value) -> RequestBuilder {
        self.posting(&format!("/t/{TENANT}/mcp"), KEY, message)
    }

    fn posting(&self, path: &str, key: &str, message: &Value) -> RequestBuilder {
        let request = self
            .http
            .post(format!("http://{}{path}", self.mcp))
            .bearer_auth(key)
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", "2025-11-25");
        request.body(message.to_string())
    }

    pub(super) async fn rpc(&self, method: &str, params: Value) -> Response {
        let message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        self.request(&message).send().await.unwrap()
    }

    /// A tool call's result.
    pub(super) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let answer = self.rpc("tools/call", params).await;
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{tool}: {status} {text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert!(answer["result"].is_object(), "{tool}: {answer}");
        answer["result"].clone()
    }

    pub(super) fn terminate(&self) {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
    }

    pub(super) async fn ended(&mut self) -> ExitStatus {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.expect("the process ends").unwrap()
    }

    /// Whether anybody listens for agents.
    pub(super) async fn is_open(&self) -> bool {
        tokio::net::TcpStream::connect(self.mcp).await.is_ok()
    }
}
