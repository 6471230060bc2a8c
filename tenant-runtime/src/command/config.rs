//! `tenant-runtime config`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Subcommand;
use vaultpilot_config::{runtime_reference, runtime_schema};

use super::{FAILED, Given, MISUSED, fail};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Tell everything that is wrong with the configuration
    Check(Given),
    /// Print the JSON schema of the file
    Schema,
    /// Print what can be configured, in Markdown
    Reference,
}

pub(super) fn run(command: &Command) -> ExitCode {
    let text = match command {
        Command::Check(given) => match given.load() {
            Ok(_) => "the configuration is fine\n".to_owned(),
            Err(error) => return fail(&error, MISUSED),
        },
        Command::Schema => format!("{:#}\n", runtime_schema().as_value()),
        Command::Reference => runtime_reference(),
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, FAILED),
    }
}
