//! The commands, a file each.

mod backup;
mod config;
mod decide;
mod doctor;
mod execute;
mod key;
mod keys;
mod migrate;
mod public_root;
mod serve;
mod start;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vaultpilot_config::{File, HostedConfig, Loaded, Sources};

use crate::cli::{Cli, Command, Global};
use crate::failure::Failure;
use crate::machine::Env;

const DEFAULT: &str = "/etc/vaultpilot/control-api.yml";

/// What every command is given.
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) env: Env,
}

pub(crate) async fn run(cli: Cli, env: Env) -> Result<(), Failure> {
    // The one provider of TLS; a second call would find the first one's choice.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ctx = Context {
        global: cli.global,
        env,
    };
    match cli.command {
        Command::Serve => serve::run(&ctx).await,
        Command::Execute => execute::run(&ctx).await,
        Command::Migrate { wait } => migrate::run(&ctx, wait.duration()).await,
        Command::PublicRoot { from, to } => public_root::run(&ctx, &from, &to),
        Command::Doctor => doctor::run(&ctx).await,
        Command::Key(command) => key::run(&ctx, command).await,
        Command::Keys(command) => keys::run(&ctx, command).await,
        Command::Backup(command) => backup::run(&ctx, command).await,
        Command::Config(command) => config::run(&ctx, &command),
    }
}

impl Context {
    /// Reads the configuration: `--config` or `VAULTPILOT_CONFIG`, else the usual place.
    pub(crate) fn load(&self) -> Result<Loaded<HostedConfig>, Failure> {
        let usual = || Some(PathBuf::from(DEFAULT)).filter(|path| path.is_file());
        let path = self.global.config.clone().or_else(usual);
        let text = path.as_deref().map(read).transpose()?;
        let file = path
            .as_deref()
            .zip(text.as_deref())
            .map(|(path, text)| File { path, text });
        Ok(HostedConfig::load(&Sources {
            file,
            env: self.env.all(),
            flags: Vec::new(),
        })?)
    }

    /// A line for whoever called: data, and nothing else, goes to standard output.
    pub(crate) fn line(text: impl std::fmt::Display) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        Ok(writeln!(out, "{text}")?)
    }

    /// The answer in JSON where that is asked for, else in words.
    pub(crate) fn answer(&self, json: &Value, words: &str) -> Result<(), Failure> {
        if self.global.json {
            Self::line(json)
        } else {
            Self::line(words)
        }
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })
}
