//! The binary under test: started, read, killed, started again on the same data.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use crate::chain::client;
use crate::{Agent, Chain, parts};

/// How a house is started.
#[derive(Debug, Clone, Default)]
pub struct HouseOptions {
    /// The point at which the process kills itself.
    pub failpoint: Option<&'static str>,
    pub args: Vec<String>,
    pub env: Vec<(&'static str, String)>,
}

pub struct House {
    child: Child,
    data: Arc<TempDir>,
    output: Arc<Mutex<String>>,
    api_url: String,
    mcp_url: String,
    metrics_url: String,
    ready_in: Duration,
}

impl House {
    /// A fresh house on this chain.
    pub async fn start(chain: &Chain) -> Self {
        let private = std::fs::Permissions::from_mode(0o700);
        let data = tempfile::Builder::new()
            .permissions(private)
            .tempdir()
            .unwrap();
        Self::start_in(Arc::new(data), chain, &HouseOptions::default()).await
    }

    /// A house on existing data.
    pub async fn start_in(data: Arc<TempDir>, chain: &Chain, options: &HouseOptions) -> Self {
        let server_file = data.path().join("server.json");
        let _ = std::fs::remove_file(&server_file);
        let mut command = Command::new(parts::vaultpilot());
        command
            .args(["up", "--devnet", "--devnet-url", chain.url()])
            .args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"])
            .arg("--data-dir")
            .arg(data.path())
            .args(&options.args)
            .envs(options.env.iter().map(|(name, value)| (name, value)))
            .env("NO_COLOR", "1")
            .env("HOME", data.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(point) = options.failpoint {
            command.env("VAULTPILOT_FAILPOINT", point);
        }
        let start = tokio::time::Instant::now();
        let mut child = command.spawn().unwrap();
        let output = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take().unwrap(), &output);
        collect(child.stderr.take().unwrap(), &output);
        let server = wait_for_server(&mut child, &server_file, &output).await;
        let ready_in = start.elapsed();
        banner(&output).await;
        let text = |name: &str| server[name].as_str().unwrap().to_owned();
        Self {
            child,
            data,
            output,
            api_url: text("api_url"),
            mcp_url: text("mcp_url"),
            metrics_url: text("metrics_url"),
            ready_in,
        }
    }

    pub fn data(&self) -> Arc<TempDir> {
        Arc::clone(&self.data)
    }

    pub fn data_path(&self) -> &Path {
        self.data.path()
    }

    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    pub fn mcp_url(&self) -> &str {
        &self.mcp_url
    }

    pub fn metrics_url(&self) -> &str {
        &self.metrics_url
    }

    /// From exec until it said where it is, to 5 ms.
    pub const fn ready_in(&self) -> Duration {
        self.ready_in
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Everything it printed so far.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// The agent's key, shown once at the first start.
    pub fn agent_key(&self) -> String {
        let output = self.output();
        let at = output
            .find("vp_test_")
            .unwrap_or_else(|| panic!("no key in:\n{output}"));
        let key = output[at..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_');
        key.collect()
    }

    /// A fresh key for an agent of this name.
    pub async fn new_key(&self, name: &str) -> String {
        let created = self.json(&["key", "create", name]).await;
        created["secret"].as_str().unwrap().to_owned()
    }

    pub async fn agent(&self, key: &str) -> Agent {
        Agent::connect(&self.mcp_url, key).await
    }

    /// The one-time code of an approval, from the server's own terminal.
    pub async fn code(&self, approval: &str) -> String {
        for _ in 0..100 {
            let output = self.output();
            let line = output
                .lines()
                .find(|line| line.contains(approval) && line.contains("--code "));
            if let Some(line) = line {
                let code = line.split("--code ").nth(1).unwrap();
                return code.chars().take_while(char::is_ascii_digit).collect();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no code for {approval} in:\n{}", self.output());
    }

    /// Runs the command line against this house, from another process.
    pub async fn cli(&self, args: &[&str]) -> Output {
        Command::new(parts::vaultpilot())
            .args(args)
            .arg("--data-dir")
            .arg(self.data.path())
            .env("NO_COLOR", "1")
            .env("HOME", self.data.path())
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap()
    }

    /// Runs a command with `--json` and reads what it prints.
    pub async fn json(&self, args: &[&str]) -> Value {
        let mut with_json = args.to_vec();
        with_json.push("--json");
        let output = self.cli(&with_json).await;
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{args:?}: {out}{err}");
        serde_json::from_str(&out)
            .unwrap_or_else(|_| panic!("{args:?} printed no JSON: {out}{err}"))
    }

    /// Applies a policy.
    pub async fn apply(&self, policy: &str) {
        let file = self.data.path().join("applied.yaml");
        std::fs::write(&file, policy).unwrap();
        let output = self
            .cli(&["policy", "apply", "-f", file.to_str().unwrap()])
            .await;
        assert!(
            output.status.success(),
            "{}{}",
            text(&output.stdout),
            text(&output.stderr)
        );
    }

    /// Plain HTTP to the REST door as the owner.
    pub async fn get(&self, path: &str) -> Value {
        let key = std::fs::read_to_string(self.data.path().join("owner.key")).unwrap();
        let url = format!("{}{path}", self.api_url);
        let response = client()
            .get(url)
            .bearer_auth(key.trim())
            .send()
            .await
            .unwrap();
        response.json().await.unwrap()
    }

    /// Ends it the hard way.
    pub async fn kill(mut self) -> Arc<TempDir> {
        self.child.kill().await.unwrap();
        self.data
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let ended = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        ended
            .unwrap_or_else(|_| panic!("it still runs:\n{}", self.output()))
            .unwrap()
    }

    /// Ctrl-C, and the exit status.
    pub async fn interrupt(mut self) -> (ExitStatus, String, Arc<TempDir>) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        let status = self.ended().await;
        let output = self.output();
        (status, output, self.data)
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn collect(from: impl AsyncRead + Unpin + Send + 'static, into: &Arc<Mutex<String>>) {
    let into = Arc::clone(into);
    tokio::task::spawn(async move {
        let mut lines = BufReader::new(from).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut into = into.lock().unwrap();
            into.push_str(&line);
            into.push('\n');
        }
    });
}

/// Waits until the banner, which was printed before, has come through the pipe.
async fn banner(output: &Mutex<String>) {
    for _ in 0..500 {
        if output.lock().unwrap().contains("vaultpilot connect") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no banner:\n{}", output.lock().unwrap());
}

async fn wait_for_server(child: &mut Child, file: &PathBuf, output: &Mutex<String>) -> Value {
    for _ in 0..3000 {
        if let Ok(text) = std::fs::read_to_string(file)
            && let Ok(server) = serde_json::from_str(&text)
        {
            return server;
        }
        if let Some(status) = child.try_wait().unwrap() {
            tokio::time::sleep(Duration::from_millis(100)).await;
            panic!("it ended with {status}:\n{}", output.lock().unwrap());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it is not ready:\n{}", output.lock().unwrap());
}
