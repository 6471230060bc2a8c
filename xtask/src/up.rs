//! `cargo xtask up`: the product on a devnet, from nothing but a checkout.

use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{not_started, program, say};
use crate::{build, fetch};
use clap::Args;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Up {
    /// Handed on to `vaultpilot up --devnet`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Up {
    pub(crate) fn run(self, checkout: &Checkout) -> Result<ExitCode, Error> {
        let vaultpilot = build::release(checkout)?;
        let anvil = fetch::anvil(checkout)?;
        say("starting vaultpilot up --devnet");
        let mut command = program(checkout, vaultpilot);
        command
            .args(["up", "--devnet", "--anvil"])
            .arg(anvil)
            .args(self.arguments);
        // vaultpilot takes the place of xtask, so that Ctrl-C and its exit code are its own.
        let error = command.exec();
        Err(not_started(&command, error))
    }
}
