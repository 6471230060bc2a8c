//! `cargo xtask e2e`: the hosted shape on a real cluster, from `helm install` to `helm uninstall`.

use crate::checkout::Checkout;
use crate::cluster::{self, Ready, Which};
use crate::error::Error;
use crate::process::{cargo, say};
use crate::test::{Tally, count};
use crate::{fetch, image};
use clap::Args;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

/// The one test that needs a cluster of its own, and is left out where there is none.
const STORY: &str = "manifests_become_isolated_verified_mcp_pods";

#[derive(Debug, Args)]
pub struct E2e {
    #[command(flatten)]
    life: Life,
}

/// How it is lived through.
#[derive(Debug, Args)]
pub(crate) struct Life {
    /// Leave the cluster up afterwards, and say how to use it
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    which: Which,
    /// Handed on to the test program
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

impl E2e {
    pub(crate) fn run(self, checkout: &Checkout) -> Result<ExitCode, Error> {
        let tally = lived(checkout, &self.life)?;
        println!("\n{tally}");
        Ok(tally.verdict())
    }
}

impl Life {
    /// In a cluster beside whatever cluster somebody works with.
    pub(crate) fn test() -> Result<Self, Error> {
        Ok(Self {
            keep: false,
            which: Which::own("test".parse()?),
            arguments: Vec::new(),
        })
    }
}

/// Whether this machine lets us bring a cluster up.
pub(crate) fn is_possible() -> bool {
    rustix::process::geteuid().is_root()
}

/// Brings the cluster and the images, runs the test, and takes the cluster down.
pub(crate) fn lived(checkout: &Checkout, life: &Life) -> Result<Tally, Error> {
    let ready = prepare(checkout, &life.which)?;
    let mut command = cargo(checkout);
    command.args(["test", "--all-features", "--package", "vaultpilot-e2e"]);
    command.args(["--test", "cluster", STORY]);
    command.env("VAULTPILOT_ANVIL", fetch::anvil(checkout)?);
    command.env("VAULTPILOT_OPENBAO", fetch::openbao(checkout)?);
    announce(&ready, &mut command);
    command.args(["--", "--ignored", "--nocapture"]);
    command.args(&life.arguments);
    let ended = count(&mut command);
    if life.keep {
        say(&format!(
            "the cluster stays: export KUBECONFIG={}; {}/kubectl get vaultpilot -A; `cargo xtask \
             cluster down` takes it down",
            ready.kubeconfig.display(),
            ready.tools.display()
        ));
    } else {
        cluster::finish(checkout, &life.which)?;
    }
    ended
}

/// A cluster with the product's images in it.
fn prepare(checkout: &Checkout, which: &Which) -> Result<Ready, Error> {
    let ready = cluster::ready(checkout, which)?;
    // Somebody else's cluster pulls them from a registry, or has them already.
    if ready.host.is_some() {
        image::import_all(checkout, which)?;
    }
    Ok(ready)
}

/// Tells a program of the cluster.
fn announce(ready: &Ready, command: &mut Command) {
    command.env("VAULTPILOT_KUBECONFIG", &ready.kubeconfig);
    command.env("VAULTPILOT_KUBECTL", ready.tools.join("kubectl"));
    command.env("VAULTPILOT_HELM", ready.tools.join("helm"));
    if let Some(host) = ready.host {
        command.env("VAULTPILOT_HOST", host.to_string());
    }
}
