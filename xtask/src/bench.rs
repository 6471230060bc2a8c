//! `cargo xtask bench`: builds the product as shipped and hands over to the benchmark program.

use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{cargo, run};
use crate::{build, fetch};
use clap::Args;
use std::ffi::OsString;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Bench {
    /// Fewer and shorter rounds
    #[arg(long)]
    quick: bool,
    /// Write docs/benchmarks.md
    #[arg(long)]
    write: bool,
    /// Handed on to the benchmark program
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

impl Bench {
    pub(crate) fn run(self, checkout: &Checkout) -> Result<ExitCode, Error> {
        let parts = fetch::all(checkout)?;
        let vaultpilot = build::release(checkout)?;
        let mut command = cargo(checkout);
        command.args([
            "run",
            "--release",
            "--package",
            "vaultpilot-e2e",
            "--bin",
            "bench",
            "--",
        ]);
        parts.announce(&mut command);
        command.env("VAULTPILOT_BIN", vaultpilot);
        for (wanted, flag) in [(self.quick, "--quick"), (self.write, "--write")] {
            if wanted {
                command.arg(flag);
            }
        }
        run(command.args(self.arguments))?;
        Ok(ExitCode::SUCCESS)
    }
}
