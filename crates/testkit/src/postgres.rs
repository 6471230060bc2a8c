//! A real Postgres for tests: a server of its own in a folder of its own, which ends with the test
//! program, however that ends.

#![expect(clippy::panic, reason = "without its server a test has failed")]

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use crate::leash::LEASH;

/// The superuser of every server here, and its password.
pub const SUPERUSER: &str = "postgres";
pub const PASSWORD: &str = "only-for-tests";

/// A certificate the server shows, and its key, in PEM.
#[derive(Debug, Clone)]
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

#[derive(Debug)]
pub struct PostgresServer {
    folder: PathBuf,
    port: u16,
    programs: Programs,
    child: Child,
    /// Kept open as long as the server is to live.
    leash: Option<ChildStdin>,
}

/// The server's programs, and who runs them.
#[derive(Debug, Clone)]
struct Programs {
    folder: PathBuf,
    /// Postgres refuses to run as root.
    user: Option<(u32, u32)>,
}

impl PostgresServer {
    /// Starts one that listens on a free port of the loopback, with TLS when it has an identity.
    /// Everybody signs in with a password.
    pub async fn start(identity: Option<&Identity>) -> Self {
        let programs = Programs::find();
        let mut log = String::new();
        // Somebody else may take the port between our look and the server's.
        for _ in 0..3 {
            match Self::try_start(&programs, identity).await {
                Ok(server) => return server,
                Err(why) => log = why,
            }
        }
        panic!("Postgres does not start: {log}");
    }

    async fn try_start(programs: &Programs, identity: Option<&Identity>) -> Result<Self, String> {
        let folder = programs.make_folder();
        let data = folder.join("data");
        programs.initialise(&folder, &data);
        let mut settings = vec![
            "fsync=off".to_owned(),
            "max_connections=300".to_owned(),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("unix_socket_directories={}", folder.display()),
        ];
        if let Some(identity) = identity {
            programs.give(&folder.join("server.crt"), &identity.certificate);
            programs.give(&folder.join("server.key"), &identity.key);
            settings.push("ssl=on".to_owned());
            for (name, file) in [
                ("ssl_cert_file", "server.crt"),
                ("ssl_key_file", "server.key"),
            ] {
                settings.push(format!("{name}={}", folder.join(file).display()));
            }
        }
        let port = free_port();
        let mut child = programs.serve(&folder, &data, port, &settings);
        let leash = child.stdin.take();
        let mut server = Self {
            folder,
            port,
            programs: programs.clone(),
            child,
            leash,
        };
        if server.answers().await {
            Ok(server)
        } else {
            Err(server.log())
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Where a role finds a database, without TLS.
    pub fn url(&self, role: &str, password: &str, database: &str) -> String {
        let port = self.port;
        format!("postgres://{role}:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    async fn answers(&mut self) -> bool {
        for _ in 0..300 {
            let mut asked = self.programs.command("pg_isready");
            asked.arg("-q").arg("-h").arg(&self.folder);
            asked.arg("-p").arg(self.port.to_string());
            if asked.status().is_ok_and(|status| status.success()) {
                return true;
            }
            let ended = self.log().contains("database system is shut down")
                || self.log().contains("could not create any TCP/IP sockets");
            if ended || !matches!(self.child.try_wait(), Ok(None)) {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.leash = None;
        // Its leash removes the folder.
        self.child.wait().ok();
    }
}

impl Programs {
    fn find() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "a test has no configuration; this names the folder of the server's programs"
        )]
        let named = std::env::var_os("VAULTPILOT_POSTGRES").map(PathBuf::from);
        let folder = named.or_else(newest).unwrap_or_else(|| {
            panic!(
                "these tests need PostgreSQL 15 or newer: install it (`apt-get install \
                 postgresql-15`), or name the folder of initdb in VAULTPILOT_POSTGRES"
            )
        });
        assert!(
            folder.join("initdb").is_file(),
            "{} has no initdb",
            folder.display()
        );
        Self {
            folder,
            user: is_root().then(unprivileged),
        }
    }

    fn command(&self, program: &str) -> Command {
        self.run(&self.folder.join(program))
    }

    fn run(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C")
            .current_dir("/");
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    fn make_folder(&self) -> PathBuf {
        for attempt in 0..100 {
            let name = format!("vaultpilot-postgres-{}-{attempt}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            if std::fs::create_dir(&folder).is_ok() {
                self.own(&folder, 0o700);
                return folder;
            }
        }
        panic!("no folder for a server can be made");
    }

    fn give(&self, path: &Path, text: &str) {
        std::fs::write(path, text).expect("the folder is ours");
        self.own(path, 0o600);
    }

    fn own(&self, path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
        if let Some((user, group)) = self.user {
            std::os::unix::fs::chown(path, Some(user), Some(group)).expect("root gives files away");
        }
    }

    /// With a locale that does not order text by its bytes, as many servers have.
    fn initialise(&self, folder: &Path, data: &Path) {
        let secret = folder.join("password");
        self.give(&secret, PASSWORD);
        let made = self
            .command("initdb")
            .arg("--pgdata")
            .arg(data)
            .arg("--pwfile")
            .arg(&secret)
            .args(["--username", SUPERUSER, "--auth", "scram-sha-256"])
            .args(["--encoding", "UTF8", "--locale", "C.UTF-8"])
            .args(["--locale-provider", "icu", "--icu-locale", "en-US"])
            .args(["--no-sync", "--no-instructions"])
            .stdin(Stdio::null())
            .output()
            .expect("initdb runs");
        let errors = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "initdb: {errors}");
    }

    fn serve(&self, folder: &Path, data: &Path, port: u16, settings: &[String]) -> Child {
        let log = std::fs::File::create(folder.join("log")).expect("the folder is ours");
        let errors = log.try_clone().expect("a file is copied");
        let mut server = self.run(Path::new("/bin/sh"));
        server
            .args(["-c", LEASH, "leash", "QUIT"])
            .arg(folder)
            .arg(self.folder.join("postgres"))
            .arg("-D")
            .arg(data)
            .args(["-p", &port.to_string()]);
        for setting in settings {
            server.args(["-c", setting]);
        }
        server
            // A terminal's Ctrl-C reaches the leash through our end.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .expect("a shell runs")
    }
}

/// The newest of those that Debian installs side by side.
fn newest() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let newest = versions
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .max()?;
    Some(PathBuf::from(format!("/usr/lib/postgresql/{newest}/bin")))
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    ids.is_some_and(|ids| ids.split_whitespace().nth(1) == Some("0"))
}

/// The package's own user, or nobody.
fn unprivileged() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(str::parse);
        Some((fields.next()?.ok()?, fields.next()?.ok()?))
    };
    ids(SUPERUSER)
        .or_else(|| ids("nobody"))
        .expect("a user that is not root")
}

fn free_port() -> u16 {
    let socket = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    socket.local_addr().expect("it is bound").port()
}
