//! `cargo xtask bench`: builds the product as shipped, measures what is measured from inside, and
//! hands over to the benchmark program.

use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{cargo, read, run, say};
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
        let signing = self.signing(checkout)?;
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
        command.arg("--signing").arg(signing);
        run(command.args(self.arguments))?;
        Ok(ExitCode::SUCCESS)
    }

    /// What a signature costs, as a line of JSON: keys are not seen from outside.
    fn signing(&self, checkout: &Checkout) -> Result<String, Error> {
        say("measuring signatures");
        let mut command = cargo(checkout);
        command.args(["bench", "--package", "vaultpilot-keys"]);
        command.args(["--bench", "signing", "--"]);
        if self.quick {
            command.arg("--quick");
        }
        let printed = read(&mut command)?;
        Ok(String::from_utf8_lossy(&printed).trim().to_owned())
    }
}
