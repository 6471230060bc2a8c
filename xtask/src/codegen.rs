//! `cargo xtask codegen`: the reference pages and the manifests, written by the product itself.
//!
//! `--check` demands that writing them again changes nothing, and shows what it changed otherwise.
//! In a fresh clone, as in CI, that is: what is committed is what the code says.

mod snapshot;

#[cfg(test)]
mod tests;

use crate::build;
use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{program, run, say};
use clap::Args;
use snapshot::Snapshots;
use std::path::Path;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Codegen {
    /// Fail when something changes
    #[arg(long)]
    check: bool,
}

impl Codegen {
    pub(crate) fn run(self, checkout: &Checkout) -> Result<ExitCode, Error> {
        let vaultpilot = build::everything(checkout)?;
        if !self.check {
            write(checkout, &vaultpilot)?;
            return Ok(ExitCode::SUCCESS);
        }
        let snapshots = Snapshots::of(checkout.root())?;
        let before = snapshots.take()?;
        write(checkout, &vaultpilot)?;
        let after = snapshots.take()?;
        if before == after {
            say("what is generated is up to date");
            return Ok(ExitCode::SUCCESS);
        }
        snapshots.show(&before, &after)?;
        say("what is generated was out of date: commit the changes above");
        Ok(ExitCode::FAILURE)
    }
}

/// Everything that is generated, by the two that know it: the command line, config, tools and
/// codes by `vaultpilot`; the kinds of the cluster by their crate.
fn write(checkout: &Checkout, vaultpilot: &Path) -> Result<(), Error> {
    let mut pages = program(checkout, vaultpilot);
    run(pages.args(["codegen", "--out"]).arg(checkout.root()))?;
    let mut kinds = program(checkout, vaultpilot.with_file_name("examples/crd-codegen"));
    run(kinds.arg(checkout.root()))
}
