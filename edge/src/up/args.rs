//! What `up` is told on the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use vaultpilot_config::Flag;
use vaultpilot_core::Label;

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  vaultpilot up --devnet                       a local chain with play money
  VAULTPILOT_RPC_8453=https://… vaultpilot up  Base, through your endpoint")]
pub struct UpArgs {
    /// Start a local chain (anvil) with play money, and enable it
    #[arg(long)]
    pub devnet: bool,
    /// The anvil binary [default: anvil on PATH]
    #[arg(
        long,
        value_name = "PATH",
        env = "VAULTPILOT_ANVIL",
        hide_env_values = true
    )]
    pub anvil: Option<PathBuf>,
    /// Use a development chain that runs already, instead of starting one
    #[arg(long, value_name = "URL", conflicts_with = "block_time")]
    pub devnet_url: Option<String>,
    /// Seconds between blocks of the local chain. Default: 1
    #[arg(long, value_name = "SECONDS", requires = "devnet",
          value_parser = clap::value_parser!(u64).range(1..=600))]
    pub block_time: Option<u64>,
    /// Address of API, MCP and admin page. Default: 127.0.0.1:8420; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Address of /metrics, /healthz and /readyz. Default: the same
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<String>,
    /// The tenant's name, as in its MCP URL
    #[arg(
        long = "name",
        alias = "tenant",
        value_name = "TENANT",
        default_value = "default"
    )]
    pub tenant: Label,
    /// error, warn, info, debug, trace, or directives. Default: warn
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// How log lines look. Default: text
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub log_format: Option<LogFormatName>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormatName {
    Text,
    Json,
}

impl UpArgs {
    /// Whether a development chain is wanted at all.
    pub const fn wants_devnet(&self) -> bool {
        self.devnet || self.devnet_url.is_some()
    }

    /// What the flags set in the configuration, for `place::load`.
    pub fn flags(&self) -> Vec<Flag> {
        let format = self.log_format.map(|format| match format {
            LogFormatName::Text => "text".to_owned(),
            LogFormatName::Json => "json".to_owned(),
        });
        let given = [
            ("server.listen", "--listen", &self.listen),
            (
                "server.metrics_listen",
                "--metrics-listen",
                &self.metrics_listen,
            ),
            ("log.level", "--log-level", &self.log_level),
            ("log.format", "--log-format", &format),
        ];
        let flag = |(path, name, value): (&'static str, &'static str, &Option<String>)| {
            Some(Flag {
                path,
                name,
                value: value.clone()?,
            })
        };
        given.into_iter().filter_map(flag).collect()
    }
}
