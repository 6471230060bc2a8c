//! The command line of the hosted edition's control plane.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use vaultpilot_core::{Label, Role, Scope, TenantName};
use vaultpilot_policy::document::Span;

#[derive(Debug, Parser)]
#[command(
    name = "control-api",
    version,
    about = "The control plane of VaultPilot: decides, signs and keeps the record",
    after_help = "Exit codes: 0 done · 1 not done, or doctor found a failure · 2 the command line or \
                  the configuration is wrong · 3 the database cannot be reached · 5 what was named \
                  does not exist · 6 it contradicts what is there"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The configuration [default: /etc/vaultpilot/control-api.yml, if it is there]
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "VAULTPILOT_CONFIG",
        hide_env_values = true
    )]
    pub(crate) config: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The deciding zone: REST, gRPC and timers. It wraps keys and can unwrap none
    Serve,
    /// The signing zone: signs what was decided, sends it, follows it. It listens to probes only
    Execute,
    /// Bring the database to this version, and make the role the other commands run as
    Migrate {
        /// How long to wait for the database
        #[arg(long, value_name = "TIME", default_value = "120s")]
        wait: Span,
    },
    /// Write the half of the root key that wraps, and unwraps nothing, into a file of its own
    PublicRoot {
        /// The root key, as it is mounted
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// What `serve` is given as `keys.kek_file`; replaced when it is there
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Look at everything this process needs, and say what is wrong
    Doctor,
    /// API keys of a tenant
    #[command(subcommand)]
    Key(KeyCommand),
    /// What wraps the wallet keys of tenants
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Copies of the whole database
    #[command(subcommand)]
    Backup(BackupCommand),
    /// The configuration itself
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Copy the database at one instant, sealed, while everything goes on
    Create {
        /// The file; it must not be there yet [default: vaultpilot-<time>.vpbackup.age]
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        #[command(flatten)]
        seal: SealArgs,
    },
    /// Open a backup and check everything in it; no database is needed
    Verify {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        open: OpenArgs,
    },
    /// Fill an empty database; its wallets sign nothing until they are reconciled
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        open: OpenArgs,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct SealArgs {
    /// Seal it for this age recipient (age1…); may be repeated
    #[arg(
        long = "recipient",
        value_name = "AGE1",
        conflicts_with = "passphrase_file"
    )]
    pub(crate) recipients: Vec<String>,
    /// Seal it with the first line of this file
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct OpenArgs {
    /// File with the age identity (AGE-SECRET-KEY-1…) it was sealed for
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
    /// File whose first line it was sealed with
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key; it is printed once and kept by nobody
    Create(KeyArgs),
    /// The tenant's keys, without their secrets
    List {
        #[arg(long)]
        tenant: TenantName,
    },
    /// End a key at once, everywhere
    Revoke {
        #[arg(long)]
        tenant: TenantName,
        /// The key's name
        #[arg(long)]
        name: Label,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Show what wraps them, and work that is not over
    Status {
        #[command(flatten)]
        of: TenantArgs,
    },
    /// Rotate; no private key is opened, and payments go on
    Rotate {
        #[command(flatten)]
        of: TenantArgs,
        /// What is rotated
        #[arg(long, value_enum)]
        level: LevelName,
        /// Ask for it and do not follow it
        #[arg(long)]
        no_wait: bool,
    },
}

#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct TenantArgs {
    /// The tenant's name
    #[arg(long)]
    pub(crate) tenant: Option<TenantName>,
    /// All tenants that are not archived
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LevelName {
    /// Another key for the tenant; every wallet's key comes under it
    Tenant,
    /// The tenant's key is wrapped by the newest version of its root
    Root,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct KeyArgs {
    /// The tenant's name
    #[arg(long)]
    pub(crate) tenant: TenantName,
    /// What policies and the audit log call it
    #[arg(long)]
    pub(crate) name: Label,
    /// What it may do
    #[arg(long, value_enum)]
    pub(crate) role: RoleName,
    /// For agents: one scope; may be given several times [default: all]
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<Scope>,
    /// Days it lives
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) days: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    Agent,
    Viewer,
    Approver,
    Owner,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Agent => Self::Agent,
            RoleName::Viewer => Self::Viewer,
            RoleName::Approver => Self::Approver,
            RoleName::Owner => Self::Owner,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say what is wrong with it, all at once
    Check,
    /// Its JSON schema
    Schema,
    /// Every key, its default and its variable, in Markdown
    Reference,
}
