//! A database, the files a cluster would mount, and processes that use both.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use vaultpilot_core::tenant::TenantState;
use vaultpilot_core::{Clock as _, Quota, Tenant, TenantId};
use vaultpilot_ports::Store as _;
use vaultpilot_store::{PostgresOptions, PostgresStore};
use vaultpilot_testkit::postgres::{PASSWORD, SUPERUSER};
use vaultpilot_testkit::{MockClock, PostgresServer, SeededEntropy};

const BINARY: &str = env!("CARGO_BIN_EXE_control-api");

pub(super) struct Place {
    server: PostgresServer,
    files: TempDir,
}

#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ran {
    pub(super) fn ok(&self) -> bool {
        self.code == Some(0)
    }
}

impl Place {
    pub(super) async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = PostgresServer::start(None).await;
        let files = TempDir::new().unwrap();
        let place = Self { server, files };
        for (n, name) in ["kek", "pepper", "context"].into_iter().enumerate() {
            let digit = char::from_digit(u32::try_from(n).unwrap() + 1, 10).unwrap();
            let path = place.write(name, &digit.to_string().repeat(64));
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o440)).unwrap();
        }
        place.write("owner", PASSWORD);
        place.write("app", "p@ss/w: d");
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        place.write("tls.crt", &made.cert.pem());
        place.write("tls.key", &made.signing_key.serialize_pem());
        let text = format!(
            "grpc: {{ cert_file: tls.crt, key_file: tls.key, client_ca_file: tls.crt }}\n\
             probes: {{ drain_delay: 0s }}\n\
             database: {{ host: 127.0.0.1, port: {}, name: postgres, owner: {SUPERUSER}, \
             owner_password_file: owner, user: vp_app, password_file: app, tls: plain }}\n\
             identity: {{ api_server: \"https://127.0.0.1:1\", token_file: app, ca_file: tls.crt }}\n\
             keys: {{ kek_file: kek, pepper_file: pepper, context_file: context }}\n",
            place.server.port()
        );
        place.write("control-api.yml", &text);
        place
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.files.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(arguments)
            .current_dir(self.files.path())
            .env_clear()
            .env("VAULTPILOT_CONFIG", "control-api.yml")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    pub(super) async fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[]).await
    }

    pub(super) async fn run_with(&self, arguments: &[&str], env: &[(&str, &str)]) -> Ran {
        let mut command = self.command(arguments);
        command.envs(env.iter().copied());
        for (name, port) in free_ports() {
            command.env(name, format!("127.0.0.1:{port}"));
        }
        let limit = Duration::from_mins(1);
        let ran = tokio::time::timeout(limit, command.output()).await;
        let ran = ran.expect("it ends by itself").unwrap();
        Ran {
            code: ran.status.code(),
            out: String::from_utf8(ran.stdout).unwrap(),
            err: String::from_utf8(ran.stderr).unwrap(),
        }
    }

    /// Starts a process that stays, and waits until it lives.
    pub(super) async fn start(&self, command: &str) -> Process {
        let ports = free_ports();
        let mut started = self.command(&[command]);
        for (name, port) in &ports {
            started.env(name, format!("127.0.0.1:{port}"));
        }
        let log = std::fs::File::create(self.files.path().join(format!("{}.log", ports[0].1)));
        started.stderr(log.unwrap()).stdout(Stdio::null());
        let process = Process {
            child: started.spawn().unwrap(),
            rest: ports[0].1,
            probes: ports[2].1,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        process.until("/healthz").await;
        process
    }

    /// Makes a tenant, as a resource would.
    pub(super) async fn tenant(&self, name: &str) {
        self.tenant_with(name, 3).await;
    }

    /// The same, with an id made of other randomness.
    pub(super) async fn tenant_with(&self, name: &str, seed: u64) {
        let url = self.server.url("vp_app", "p%40ss%2Fw%3A%20d", "postgres");
        let store = PostgresStore::connect(&PostgresOptions::new(url))
            .await
            .unwrap();
        let clock = MockClock::new();
        let tenant = Tenant {
            id: TenantId::new(&clock, &SeededEntropy::new(seed)),
            name: name.parse().unwrap(),
            state: TenantState::Active,
            namespace: Some(format!("vp-{name}")),
            quota: Quota::default(),
            keys: vaultpilot_core::KeyManagement::default(),
            managed: None,
            created_at: clock.now(),
        };
        assert!(store.tenant_create(&tenant).await.unwrap());
    }
}

/// The variables of the listeners, each with a port that is free now.
fn free_ports() -> [(&'static str, u16); 3] {
    let held: Vec<TcpListener> = (0..3)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let port = |n: usize| held[n].local_addr().unwrap().port();
    [
        ("VAULTPILOT_REST_LISTEN", port(0)),
        ("VAULTPILOT_GRPC_LISTEN", port(1)),
        ("VAULTPILOT_PROBES_LISTEN", port(2)),
    ]
}

pub(super) struct Process {
    child: Child,
    rest: u16,
    probes: u16,
    client: reqwest::Client,
}

impl Process {
    /// A probe's answer; 0 while nobody listens.
    pub(super) async fn get(&self, path: &str) -> (u16, String) {
        let url = format!("http://127.0.0.1:{}{path}", self.probes);
        match self.client.get(url).send().await {
            Ok(answer) => (
                answer.status().as_u16(),
                answer.text().await.unwrap_or_default(),
            ),
            Err(error) => (0, error.to_string()),
        }
    }

    pub(super) async fn ready(&self) {
        self.until("/readyz").await;
    }

    async fn until(&self, path: &str) {
        let mut last = (0, String::new());
        for _ in 0..600 {
            last = self.get(path).await;
            if last.0 == 200 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} answers {last:?}");
    }

    pub(super) async fn rest(&self, path: &str, key: &str) -> (u16, Value) {
        let url = format!("http://127.0.0.1:{}{path}", self.rest);
        let answer = self.client.get(url).bearer_auth(key).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// Tells it to end, and waits for its exit code.
    pub(super) async fn end(mut self) -> Option<i32> {
        let id = self.child.id().unwrap().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(told.unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        ended.expect("it ends").unwrap().code()
    }
}
