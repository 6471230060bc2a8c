//! Why a command came to nothing: what, why, and the next command.

use std::io;
use std::path::PathBuf;

use vaultpilot_audit::Broken;
use vaultpilot_backup::{BackupError, ChainError};
use vaultpilot_config::ConfigErrors;
use vaultpilot_policy::DocumentError;
use vaultpilot_telemetry::LogError;

use crate::exit::Exit;
use crate::rest::Problem;

/// Display is the what; sources are the why.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("vaultpilot is not running")]
    NotRunning { file: PathBuf },
    #[error("vaultpilot is not running any more")]
    Ended { pid: u32 },
    #[error("{url} cannot be reached")]
    Unreachable { url: String, source: reqwest::Error },
    #[error("{url} answered something unreadable")]
    Unreadable {
        url: String,
        source: serde_json::Error,
    },
    #[error("there is no key to speak to the server with")]
    NoKey { looked: PathBuf },
    #[error("there is no agent's key")]
    NoAgentKey,
    #[error("{}", .0.what())]
    Refused(Box<Problem>),
    #[error("configuration cannot be used")]
    Config(#[from] ConfigErrors),
    #[error("{0}")]
    Backup(#[from] BackupError),
    #[error("audit chain in the backup is broken")]
    BackupChain(#[from] ChainError),
    #[error("{} is not empty", path.display())]
    Occupied { path: PathBuf },
    #[error("passphrase in {} is too short", path.display())]
    WeakPassphrase { path: PathBuf },
    #[error("{0}")]
    Import(#[from] crate::command::wallet::import::ImportError),
    #[error("{0}")]
    Legacy(#[from] crate::command::import_legacy::LegacyError),
    #[error("{0}")]
    Start(#[from] crate::up::StartError),
    #[error("log cannot be started")]
    Log(#[from] LogError),
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} can be entered by others", path.display())]
    Shared { path: PathBuf },
    #[error("{} is not JSON", path.display())]
    NotJson {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{} is not a JSON object", path.display())]
    NotAnObject { path: PathBuf },
    #[error("{} is no policy", path.display())]
    Policy {
        path: PathBuf,
        source: DocumentError,
    },
    #[error("{} is not an audit export", path.display())]
    NotAnExport {
        path: PathBuf,
        line: usize,
        source: serde_json::Error,
    },
    #[error("audit chain is broken")]
    Audit(#[from] Broken),
    #[error("approval {approval} needs its one-time code")]
    CodeNeeded { approval: String },
    #[error("key of wallet {wallet} is not exported without a yes")]
    YesNeeded { wallet: String },
    #[error("wallet {wallet} is on several chains")]
    ChainNeeded { wallet: String, chains: Vec<String> },
    #[error("client {client} has no file that could be edited")]
    NoClientFile { client: &'static str },
    #[error("home folder is unknown")]
    NoHome,
    #[error("server has no chain {chain}")]
    NoSuchChain { chain: String },
    #[error("MCP call {method} failed")]
    Mcp { method: String, detail: String },
    #[error("step \"{step}\" did not go as told")]
    Step {
        step: &'static str,
        expected: &'static str,
        got: String,
    },
    /// The command has said everything itself.
    #[error("exit {}", .0.code())]
    Told(Exit),
    #[error("operating system refused")]
    Os(#[from] io::Error),
}

impl Failure {
    pub fn exit(&self) -> Exit {
        match self {
            Self::NotRunning { .. } | Self::Ended { .. } | Self::Unreachable { .. } => {
                Exit::Unreachable
            }
            Self::Refused(problem) => problem.exit(),
            Self::NoKey { .. }
            | Self::NoAgentKey
            | Self::Backup(BackupError::NotForYou | BackupError::OtherLock { .. }) => Exit::Denied,
            Self::Config(_)
            | Self::Policy { .. }
            | Self::CodeNeeded { .. }
            | Self::YesNeeded { .. }
            | Self::ChainNeeded { .. }
            | Self::Backup(BackupError::Recipient { .. } | BackupError::NobodysBackup)
            | Self::WeakPassphrase { .. } => Exit::Usage,
            Self::Backup(BackupError::Exists { .. }) | Self::Occupied { .. } => Exit::Conflict,
            Self::Backup(BackupError::Read { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                Exit::NotFound
            }
            Self::NoSuchChain { .. } => Exit::NotFound,
            Self::Import(error) => error.exit(),
            Self::Legacy(error) => error.exit(),
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => Exit::NotFound,
            Self::Told(exit) => *exit,
            _ => Exit::Failed,
        }
    }

    /// The stable word for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::NotRunning { .. } | Self::Ended { .. } => "not_running",
            Self::Unreachable { .. } => "unreachable",
            Self::Unreadable { .. } => "unreadable_answer",
            Self::NoKey { .. } | Self::NoAgentKey => "no_key",
            Self::Refused(problem) => &problem.code,
            Self::Config(_) => "config",
            Self::Start(_) => "start",
            Self::Import(error) => error.code(),
            Self::Legacy(error) => error.code(),
            Self::Backup(error) => error.code(),
            Self::BackupChain(_) => "backup_damaged",
            Self::Occupied { .. } => "folder_not_empty",
            Self::WeakPassphrase { .. } => "passphrase_too_short",
            Self::Log(_) => "log",
            Self::Read { .. } => "read",
            Self::Write { .. } => "write",
            Self::Shared { .. } => "shared_folder",
            Self::NotJson { .. } | Self::NotAnObject { .. } => "not_json",
            Self::Policy { .. } => "policy_document",
            Self::NotAnExport { .. } => "not_an_export",
            Self::Audit(_) => "audit_broken",
            Self::CodeNeeded { .. } => "code_needed",
            Self::YesNeeded { .. } => "yes_needed",
            Self::ChainNeeded { .. } => "chain_needed",
            Self::NoClientFile { .. } => "no_client_file",
            Self::NoHome => "no_home",
            Self::NoSuchChain { .. } => "no_such_chain",
            Self::Mcp { .. } => "mcp",
            Self::Step { .. } => "step",
            Self::Told(_) => "told",
            Self::Os(_) => "os",
        }
    }

    pub fn why(&self) -> Option<String> {
        match self {
            Self::NotRunning { file } => Some(format!("there is no {}", file.display())),
            Self::Ended { pid } => Some(format!("its process {pid} has ended without saying so")),
            Self::NoKey { looked } => Some(format!(
                "neither --key-file nor VAULTPILOT_KEY is given, and {} cannot be read",
                looked.display()
            )),
            Self::NoAgentKey => {
                Some("neither --key-file nor VAULTPILOT_AGENT_KEY is given".to_owned())
            }
            Self::Refused(problem) => Some(problem.why()),
            Self::Config(errors) => Some(errors.to_string()),
            Self::NotAnExport { line, source, .. } => Some(format!("line {line}: {source}")),
            Self::Audit(broken) => Some(broken.to_string()),
            Self::CodeNeeded { .. } => {
                Some("it is shown where `vaultpilot up` runs, and nowhere else".to_owned())
            }
            Self::YesNeeded { .. } => Some("whoever has the key has the money".to_owned()),
            Self::ChainNeeded { chains, .. } => Some(format!("they are {}", chains.join(", "))),
            Self::Import(error) => error.why(),
            Self::Legacy(error) => error.why(),
            Self::NoClientFile { .. } => Some("it is told in code, not in a file".to_owned()),
            Self::NoHome => Some("HOME is not set".to_owned()),
            Self::Shared { .. } => Some("it holds keys".to_owned()),
            Self::Occupied { .. } => Some("what is there is never mixed with what was".to_owned()),
            Self::WeakPassphrase { .. } => Some(
                "whoever opens the backup has this house's keys: twelve characters at least"
                    .to_owned(),
            ),
            Self::NoSuchChain { .. } => {
                Some("the demo needs a chain with play money and a faucet".to_owned())
            }
            Self::Mcp { detail, .. } => Some(detail.clone()),
            Self::Step { expected, got, .. } => Some(format!("expected {expected}, got {got}")),
            other => causes(other),
        }
    }

    /// The command that most likely helps.
    pub fn next(&self) -> Option<String> {
        let next = match self {
            Self::NotRunning { .. } | Self::Ended { .. } | Self::NoSuchChain { .. } => {
                "vaultpilot up --devnet"
            }
            Self::Unreachable { .. } | Self::Unreadable { .. } | Self::Mcp { .. } => {
                "vaultpilot doctor"
            }
            Self::NoKey { .. } => "vaultpilot status --key-file <file with a person's key>",
            Self::NoAgentKey => "vaultpilot key create my-agent --out agent.key",
            Self::Refused(problem) => return problem.next(),
            Self::Config(_) => "vaultpilot config check",
            Self::Backup(BackupError::NotForYou | BackupError::OtherLock { .. }) => {
                "the same command with the --identity or --passphrase-file it was made for"
            }
            Self::Backup(BackupError::Recipient { .. } | BackupError::NobodysBackup) => {
                "age-keygen -o backup.key   # and give its public key as --recipient"
            }
            Self::Backup(BackupError::Newer { .. }) => "upgrade vaultpilot, then try again",
            Self::Backup(BackupError::Damaged { .. } | BackupError::NotABackup)
            | Self::BackupChain(_) => "take an older backup",
            Self::Backup(BackupError::Exists { .. }) => "the same command with another --to",
            Self::Occupied { .. } => "the same command with --data-dir <an empty folder>",
            Self::Start(error) => return error.next().map(str::to_owned),
            Self::Import(error) => return error.next().map(str::to_owned),
            Self::Legacy(error) => return error.next().map(str::to_owned),
            Self::Log(_) => "vaultpilot up --log-level warn",
            Self::Policy { .. } => "vaultpilot policy get <name>   # an example that works",
            Self::NotAnExport { .. } => "vaultpilot audit export --out audit.jsonl",
            Self::Audit(_) => "vaultpilot audit export --out audit.jsonl   # and keep it aside",
            Self::CodeNeeded { approval } => {
                return Some(format!(
                    "vaultpilot approval approve {approval} --code <code>"
                ));
            }
            Self::Shared { path } => return Some(format!("chmod 700 {}", path.display())),
            Self::ChainNeeded { chains, .. } => {
                let first = chains.first().map_or("<chain>", String::as_str);
                return Some(format!("add --chain {first}"));
            }
            Self::NotAnObject { .. } | Self::NotJson { .. } => {
                "correct the file, or print the snippet without --write"
            }
            Self::NoClientFile { .. } => "the same command without --write prints it",
            Self::Step { .. } => "vaultpilot audit tail",
            Self::YesNeeded { .. } => "the same command with --yes",
            _ => return None,
        };
        Some(next.to_owned())
    }

    /// Whether nothing is left to say: it has been said, or nobody reads.
    pub fn is_silent(&self) -> bool {
        match self {
            Self::Told(_) => true,
            Self::Os(error) => error.kind() == io::ErrorKind::BrokenPipe,
            _ => false,
        }
    }
}

/// The sources of an error, outermost first, without repeating what contains them.
fn causes(error: &dyn std::error::Error) -> Option<String> {
    // The first is the what, which has been told.
    let mut told = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !told.iter().any(|earlier| earlier.contains(&text)) {
            told.push(text);
        }
        source = cause.source();
    }
    let causes = told.split_off(1);
    if causes.is_empty() {
        None
    } else {
        Some(causes.join(": "))
    }
}
