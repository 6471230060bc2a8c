//! `cargo xtask e2e`: the hosted shape on a real cluster, from `helm install` to `helm uninstall`.

use crate::checkout::Checkout;
use crate::cluster::{self, Ready, Which};
use crate::error::Error;
use crate::process::{cargo, say};
use crate::{fetch, image, test};
use clap::Args;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

#[derive(Debug, Args)]
pub struct E2e {
    /// Leave the cluster up afterwards, and say how to use it
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    which: Which,
    /// Run tests whose name contains this
    filter: Option<String>,
    /// Handed on to the test program
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

impl E2e {
    pub(crate) fn run(self, checkout: &Checkout) -> Result<ExitCode, Error> {
        let ready = prepare(checkout, &self.which)?;
        let mut command = cargo(checkout);
        command.args(["test", "--package", "vaultpilot-e2e", "--test", "cluster"]);
        command.env("VAULTPILOT_ANVIL", fetch::anvil(checkout)?);
        announce(&ready, &mut command);
        command.args(&self.filter).args(["--", "--nocapture"]);
        command.args(&self.arguments);
        let ended = test::count(&mut command);
        if self.keep {
            say(&format!(
                "the cluster stays: export KUBECONFIG={}; {}/kubectl get vaultpilot -A; `cargo \
                 xtask cluster down` takes it down",
                ready.kubeconfig.display(),
                ready.tools.display()
            ));
        } else {
            cluster::finish(checkout, &self.which)?;
        }
        ended
    }
}

/// A cluster with the product's images in it.
pub(crate) fn prepare(checkout: &Checkout, which: &Which) -> Result<Ready, Error> {
    let ready = cluster::ready(checkout, which)?;
    // Somebody else's cluster pulls them from a registry, or has them already.
    if ready.host.is_some() {
        image::import_all(checkout, which)?;
    }
    Ok(ready)
}

/// Tells a program of the cluster.
pub(crate) fn announce(ready: &Ready, command: &mut Command) {
    command.env("VAULTPILOT_KUBECONFIG", &ready.kubeconfig);
    command.env("VAULTPILOT_KUBECTL", ready.tools.join("kubectl"));
    command.env("VAULTPILOT_HELM", ready.tools.join("helm"));
    if let Some(host) = ready.host {
        command.env("VAULTPILOT_HOST", host.to_string());
    }
}
