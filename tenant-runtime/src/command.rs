//! The command line of the pod.

mod config;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use vaultpilot_config::{ConfigErrors, File, Flag, Loaded, RuntimeConfig, Sources};

use crate::machine;

/// A failure, as it is told on standard error, and what it is for whoever started the process.
const FAILED: u8 = 1;
const MISUSED: u8 = 2;

#[derive(Debug, Parser)]
#[command(
    name = "tenant-runtime",
    version,
    about = "The MCP endpoint of one VaultPilot tenant"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the tenant until a signal says so
    Serve(Given),
    /// The configuration: check it, or tell what there is
    #[command(subcommand)]
    Config(config::Command),
}

/// Where the configuration comes from.
#[derive(Debug, Args)]
struct Given {
    /// The configuration file
    #[arg(
        long,
        env = "VAULTPILOT_CONFIG",
        default_value = "/config/runtime.yml",
        value_name = "FILE"
    )]
    config: PathBuf,
    /// Address of the MCP endpoint
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Address of the probes and metrics
    #[arg(long, value_name = "ADDRESS")]
    probes_listen: Option<String>,
    /// How long requests in flight may take when the process ends, such as 25s
    #[arg(long, value_name = "TIME")]
    drain_grace: Option<String>,
    /// How long reads go on while the control plane is away, such as 10m
    #[arg(long, value_name = "TIME")]
    max_age: Option<String>,
    /// error, warn, info, debug, trace or directives
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
}

#[derive(Debug, thiserror::Error)]
enum GivenError {
    #[error("{} cannot be read", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    Config(#[from] ConfigErrors),
}

impl Given {
    fn load(&self) -> Result<Loaded<RuntimeConfig>, GivenError> {
        let path = &self.config;
        let text = std::fs::read_to_string(path).map_err(|source| GivenError::File {
            path: path.clone(),
            source,
        })?;
        Ok(RuntimeConfig::load(&Sources {
            file: Some(File { path, text: &text }),
            env: &machine::of_process(),
            flags: self.flags(),
        })?)
    }

    fn flags(&self) -> Vec<Flag> {
        let given = [
            ("mcp.listen", "--listen", &self.listen),
            ("probes.listen", "--probes-listen", &self.probes_listen),
            ("mcp.drain_grace", "--drain-grace", &self.drain_grace),
            ("snapshot.max_age", "--max-age", &self.max_age),
            ("log.level", "--log-level", &self.log_level),
        ];
        let flags = given.into_iter().filter_map(|(path, name, value)| {
            let value = value.clone()?;
            Some(Flag { path, name, value })
        });
        flags.collect()
    }
}

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            // Help goes to standard output, errors to standard error; nobody is left to tell if
            // that fails.
            let _ = told.print();
            return ExitCode::from(if told.use_stderr() { MISUSED } else { 0 });
        }
    };
    match cli.command {
        Command::Serve(given) => serve::run(&given),
        Command::Config(command) => config::run(&command),
    }
}

/// The error and all that is behind it, in one line each.
fn fail(error: &dyn std::error::Error, code: u8) -> ExitCode {
    use std::fmt::Write as _;
    use std::io::Write as _;

    let mut text = format!("error: {error}\n");
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  because {cause}");
        source = cause.source();
    }
    // Nobody is left to tell if this fails.
    let _ = std::io::stderr().write_all(text.as_bytes());
    ExitCode::from(code)
}
