//! `cargo xtask test`: installs what tests need, runs them, and ends with the count of them all.

mod tally;

use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{cargo, line, not_started, say};
use crate::{build, e2e, fetch};
use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::io::BufReader;
use std::process::{Command, ExitCode, Stdio};
pub(crate) use tally::Tally;

#[derive(Debug, Args)]
pub struct Test {
    /// Run a part of the tests
    #[arg(long)]
    only: Option<Part>,
    /// Run tests whose name contains this
    filter: Option<String>,
    /// Handed on to the test programs
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    /// Each crate's own tests (with a real chain and a real database where they need one)
    Unit,
    /// The tests that meet the product from outside
    E2e,
}

impl Test {
    pub(crate) fn run(self, checkout: &Checkout) -> Result<ExitCode, Error> {
        let mut tally = self.programs(checkout)?;
        if self.wants_cluster() {
            if e2e::is_possible() {
                match e2e::lived(checkout, &e2e::Life::test()?) {
                    Ok(lived) => tally += lived,
                    Err(error) => {
                        say(&format!("the hosted shape was not lived through: {error}"));
                        tally.failed += 1;
                    }
                }
            } else {
                say("the hosted shape is not lived through: a cluster needs root");
                tally.skipped += 1;
            }
        }
        println!("\n{tally}");
        Ok(tally.verdict())
    }

    /// The whole suite, or all that meets the product from outside.
    fn wants_cluster(&self) -> bool {
        let all = !matches!(self.only, Some(Part::Unit));
        all && self.filter.is_none() && self.arguments.is_empty()
    }

    fn programs(&self, checkout: &Checkout) -> Result<Tally, Error> {
        let mut command = cargo(checkout);
        command.args(["test", "--all-features", "--no-fail-fast"]);
        if matches!(self.only, Some(Part::Unit)) {
            command.args(["--workspace", "--exclude", "vaultpilot-e2e"]);
            command.env("VAULTPILOT_ANVIL", fetch::anvil(checkout)?);
            command.env("VAULTPILOT_MOTO", fetch::moto(checkout)?);
            command.env("VAULTPILOT_OPENBAO", fetch::openbao(checkout)?);
            command.env("VAULTPILOT_POSTGRES", fetch::postgres(checkout)?);
        } else {
            fetch::all(checkout)?.announce(&mut command);
            command.env("VAULTPILOT_BIN", build::everything(checkout)?);
            command.args(match self.only {
                Some(Part::E2e) => ["--package", "vaultpilot-e2e"].as_slice(),
                _ => &["--workspace"],
            });
        }
        command.args(&self.filter).arg("--").args(&self.arguments);
        say("running the tests");
        count(&mut command)
    }
}

/// Runs the tests, passes on what they print, and adds up what they counted.
pub(crate) fn count(command: &mut Command) -> Result<Tally, Error> {
    let mut tests = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(command, error))?;
    let mut tally = Tally::default();
    if let Some(output) = tests.stdout.take() {
        tally
            .follow(BufReader::new(output), std::io::stdout().lock())
            .map_err(Error::Output)?;
    }
    let status = tests.wait().map_err(|error| not_started(command, error))?;
    if status.success() && tally.ran_nothing() {
        say("no test has such a name");
        tally.failed = 1;
    }
    if !status.success() && tally.failed == 0 {
        // It did not compile, or a test program died before it could count.
        say(&format!("`{}` ended with {status}", line(command)));
        tally.failed = 1;
    }
    Ok(tally)
}
