//! The command line as types.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::command::{
    approval, audit, backup, codegen, completion, config, connect, demo, import_legacy, key, keys,
    mcp, policy, status, strategy, transaction, wallet,
};
use crate::up::UpArgs;

/// Keeps agents' wallets: every payment is judged, recorded, and signed here or not at all.
#[derive(Debug, Parser)]
#[command(
    name = "vaultpilot",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = AFTER_HELP,
    max_term_width = 100
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
First steps:
  vaultpilot up --devnet     run everything on a local chain with play money
  vaultpilot demo            watch a scripted agent pay, be denied, and be approved
  vaultpilot connect         connect your own agent

Exit codes: 0 done · 1 failed · 2 wrong usage or input · 3 not running or unreachable · 4 denied
or forbidden · 5 not found · 6 conflict · 7 not over yet.
Standard output is data, standard error is talk. Nothing prompts unless you sit at a terminal.";

const DATA_DIR_HELP: &str = "Folder of database and keys [env: VAULTPILOT_DATA_DIR] [default: \
                             ~/.local/share/vaultpilot]";
const CONFIG_HELP: &str = "Configuration file [env: VAULTPILOT_CONFIG] [default: ./vaultpilot.yml, if \
                           it is there]";
const URL_HELP: &str = "Server to speak to [env: VAULTPILOT_URL] [default: the one that runs on the \
                        data folder]";
const KEY_FILE_HELP: &str = "File with the key to speak as [env: VAULTPILOT_KEY holds the key itself] \
                             [default: owner.key in the data folder]";

/// What every command understands.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    #[arg(long, global = true, value_name = "DIR", help = DATA_DIR_HELP)]
    pub data_dir: Option<PathBuf>,
    #[arg(long, global = true, value_name = "FILE", help = CONFIG_HELP)]
    pub config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "URL", help = URL_HELP)]
    pub url: Option<String>,
    #[arg(long, global = true, value_name = "FILE", help = KEY_FILE_HELP)]
    pub key_file: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run everything in one process
    Up(Box<UpArgs>),
    /// Watch a scripted agent use the running server
    Demo(demo::DemoArgs),
    /// Show what runs and what comes next
    Status(status::StatusArgs),
    /// Check the installation and say what fixes it
    Doctor,
    /// Wallets: list, create, import, fund, freeze
    #[command(subcommand)]
    Wallet(wallet::WalletCommand),
    /// Strategies: list, suspend, resume
    #[command(subcommand)]
    Strategy(strategy::StrategyCommand),
    /// Policies: apply, test, get
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Approvals: list, approve, reject
    #[command(subcommand)]
    Approval(approval::ApprovalCommand),
    /// Transactions: list, show, wait, cancel
    #[command(subcommand)]
    Transaction(transaction::TransactionCommand),
    /// The audit log: tail, verify, export
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Backups: create, verify, restore, reconcile
    #[command(subcommand)]
    Backup(backup::BackupCommand),
    /// Bring wallets and strategies along from `AgentVault` MCP, the predecessor
    ImportLegacy(Box<import_legacy::LegacyArgs>),
    /// API keys: list, create, revoke
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Wallet keys: how they are kept, rotate, export
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Print a one-time link to the admin page
    Admin,
    /// The configuration: show, check, schema
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Connect an agent: print or write what its client needs
    Connect(connect::ConnectArgs),
    /// MCP for clients that only start programs
    #[command(subcommand)]
    Mcp(mcp::McpCommand),
    /// Print a completion script
    Completion(completion::CompletionArgs),
    /// Write the reference pages
    #[command(hide = true)]
    Codegen(codegen::CodegenArgs),
    /// List the points at which this test build can die
    #[cfg(feature = "failpoints")]
    #[command(hide = true)]
    Failpoints,
}
