//! The peers: one `hello` tool each, unguarded and unaudited, on other people's SDKs.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::load::Target;
use super::machine;
use crate::parts;

pub(crate) struct Peer {
    pub name: &'static str,
    pub target: Target,
    /// From exec until it said it was ready.
    pub ready: Duration,
    child: Child,
}

impl Peer {
    pub(crate) async fn all() -> Vec<Self> {
        let peers = parts::here().join("bench-peers");
        let this = std::env::current_exe().unwrap();
        let floor = || {
            let mut command = Command::new(&this);
            command.arg("floor");
            command
        };
        let python = |file: &str| {
            let mut command = Command::new(parts::python());
            command.arg(peers.join(file));
            command
        };
        let node = |file: &str| {
            let mut command = Command::new("node");
            command
                .arg(peers.join(file))
                .env("VAULTPILOT_NODE_MODULES", parts::node_modules());
            command
        };
        vec![
            Self::start("rmcp, bare", floor()).await,
            Self::start("Python mcp", python("python_hello.py")).await,
            Self::start("FastMCP", python("fastmcp_hello.py")).await,
            Self::start("TypeScript SDK", node("ts_hello.mjs")).await,
        ]
    }

    async fn start(name: &'static str, mut command: Command) -> Self {
        let port = free_port();
        let start = Instant::now();
        let mut child = command
            .args(["--port", &port.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        loop {
            let line = lines.next_line().await.unwrap();
            match line.as_deref() {
                Some("ready") => break,
                Some(_) => {}
                None => panic!("{name} did not start"),
            }
        }
        let ready = start.elapsed();
        machine::pin(child.id().unwrap(), machine::SERVER_CORE);
        let address = format!("127.0.0.1:{port}");
        let target = Target::new(&address, "/mcp", "", "hello", r#"{"name":"world"}"#);
        let answer = target.once().await;
        assert!(answer.contains("hello world"), "{name}: {answer}");
        Self {
            name,
            target,
            ready,
            child,
        }
    }

    pub(crate) fn resident_kib(&self) -> u64 {
        machine::resident_kib(self.child.id().unwrap())
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
