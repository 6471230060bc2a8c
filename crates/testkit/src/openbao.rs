//! A real OpenBao for tests, which speaks Vault's protocol: a server of its own that keeps everything
//! in memory and ends with the test program, however that ends.

#![expect(clippy::panic, reason = "without its server a test has failed")]

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::time::Duration;

use serde::Deserialize;

use crate::leash::LEASH;
use crate::postgres::Identity;

#[derive(Debug)]
pub struct OpenBaoServer {
    program: PathBuf,
    folder: PathBuf,
    address: String,
    host: String,
    port: u16,
    keys: Keys,
    child: Child,
    /// Kept open as long as the server is to live.
    leash: Option<ChildStdin>,
}

/// What opens the server: made when it is initialised.
#[derive(Debug, Default, Deserialize)]
struct Keys {
    root_token: String,
    unseal_keys_b64: Vec<String>,
}

impl OpenBaoServer {
    /// Starts one that listens on a free port of the loopback, with TLS when it has an identity. It
    /// is initialised, open, and has nothing in it.
    pub async fn start(identity: Option<&Identity>) -> Self {
        Self::start_on("127.0.0.1", identity).await
    }

    /// The same on another address of this machine.
    pub async fn start_on(host: &str, identity: Option<&Identity>) -> Self {
        let program = find();
        let mut log = String::new();
        // Somebody else may take the port between our look and the server's.
        for _ in 0..3 {
            match Self::try_start(&program, host, identity).await {
                Ok(server) => return server,
                Err(why) => log = why,
            }
        }
        panic!("OpenBao does not start: {log}");
    }

    async fn try_start(
        program: &Path,
        host: &str,
        identity: Option<&Identity>,
    ) -> Result<Self, String> {
        let folder = make_folder();
        let port = free_port(host);
        configure(&folder, &format!("{host}:{port}"), identity);
        let scheme = if identity.is_some() { "https" } else { "http" };
        let mut child = serve(program, &folder);
        let leash = child.stdin.take();
        let mut server = Self {
            program: program.to_path_buf(),
            address: format!("{scheme}://{host}:{port}"),
            folder,
            host: host.to_owned(),
            port,
            keys: Keys::default(),
            child,
            leash,
        };
        if !server.listens().await {
            return Err(server.log());
        }
        let made = server.bao(&[
            "operator",
            "init",
            "-key-shares=1",
            "-key-threshold=1",
            "-format=json",
        ]);
        server.keys = serde_json::from_str(&made).expect("init prints JSON");
        server.unseal();
        Ok(server)
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// May do everything.
    pub fn root_token(&self) -> &str {
        &self.keys.root_token
    }

    /// Runs `bao` as the root, and gives what it prints.
    pub fn bao(&self, arguments: &[&str]) -> String {
        self.try_bao(arguments, "")
            .unwrap_or_else(|why| panic!("bao {}: {why}", arguments.join(" ")))
    }

    /// Runs `bao` as the root with something to read; what it says when it fails is the error.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn try_bao(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        told(&Self::run(&mut self.command(arguments), input))
    }

    /// Runs `bao` as whoever has this token; what it says when it fails is the error.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn try_bao_as(&self, token: &str, arguments: &[&str]) -> Result<String, String> {
        told(&Self::run(
            self.command(arguments).env("BAO_TOKEN", token),
            "",
        ))
    }

    fn run(command: &mut Command, input: &str) -> Output {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("bao runs");
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).ok();
        }
        child.wait_with_output().expect("bao ends")
    }

    pub fn policy(&self, name: &str, text: &str) {
        self.try_bao(&["policy", "write", name, "-"], text)
            .unwrap_or_else(|why| panic!("policy {name}: {why}"));
    }

    /// Afterwards the server answers nothing until it is unsealed.
    pub fn seal(&self) {
        self.bao(&["operator", "seal"]);
    }

    pub fn unseal(&self) {
        for key in &self.keys.unseal_keys_b64 {
            self.bao(&["operator", "unseal", key]);
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env_clear()
            // Where the program would look for a token.
            .env("HOME", &self.folder)
            .env("BAO_ADDR", &self.address)
            .env("BAO_TOKEN", &self.keys.root_token)
            .env("BAO_SKIP_VERIFY", "true");
        command
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    async fn listens(&mut self) -> bool {
        for _ in 0..400 {
            if TcpStream::connect((self.host.as_str(), self.port)).is_ok() {
                // Whoever took the port before the server does not make it say so.
                return self.log().contains("server started");
            }
            if !matches!(self.child.try_wait(), Ok(None)) {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        false
    }
}

impl Drop for OpenBaoServer {
    fn drop(&mut self) {
        self.leash = None;
        // Its leash removes the folder.
        self.child.wait().ok();
    }
}

fn told(output: &Output) -> Result<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    }
}

fn find() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test has no configuration; these name the server's program"
    )]
    let (named, path) = (
        std::env::var_os("VAULTPILOT_OPENBAO"),
        std::env::var_os("PATH").unwrap_or_default(),
    );
    let on_path = || {
        std::env::split_paths(&path)
            .map(|folder| folder.join("bao"))
            .find(|program| program.is_file())
    };
    named.map(PathBuf::from).or_else(on_path).unwrap_or_else(|| {
        panic!(
            "these tests need OpenBao: `cargo xtask fetch --only openbao` installs it and prints \
             what VAULTPILOT_OPENBAO has to be"
        )
    })
}

fn make_folder() -> PathBuf {
    for attempt in 0..100 {
        let name = format!("vaultpilot-openbao-{}-{attempt}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        if std::fs::create_dir(&folder).is_ok() {
            return folder;
        }
    }
    panic!("no folder for a server can be made");
}

/// Writes `server.hcl`, and what it names.
fn configure(folder: &Path, listens: &str, identity: Option<&Identity>) {
    let give = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("the folder is ours");
        path.display().to_string()
    };
    let tls = match identity {
        None => "tls_disable = true".to_owned(),
        Some(identity) => format!(
            "tls_cert_file = \"{}\"\n  tls_key_file = \"{}\"",
            give("server.crt", &identity.certificate),
            give("server.key", &identity.key)
        ),
    };
    let text = format!(
        "storage \"inmem\" {{}}\nlistener \"tcp\" {{\n  address = \"{listens}\"\n  {tls}\n}}\n"
    );
    give("server.hcl", &text);
}

fn serve(program: &Path, folder: &Path) -> Child {
    let log = std::fs::File::create(folder.join("log")).expect("the folder is ours");
    let errors = log.try_clone().expect("a file is copied");
    Command::new("/bin/sh")
        .args(["-c", LEASH, "leash", "KILL"])
        .arg(folder)
        .arg(program)
        .arg("server")
        .arg("-config")
        .arg(folder.join("server.hcl"))
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", folder)
        .current_dir("/")
        // A terminal's Ctrl-C reaches the leash through our end.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(log)
        .stderr(errors)
        .spawn()
        .expect("a shell runs")
}

fn free_port(host: &str) -> u16 {
    let socket = TcpListener::bind((host, 0)).expect("the address is this machine's");
    socket.local_addr().expect("it is bound").port()
}
