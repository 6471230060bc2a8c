//! `cargo xtask cluster`: a real Kubernetes on this machine, in a network namespace of its own.
//!
//! It refuses to be anything but a cluster of tests and trials: one node, one copy of each part,
//! nothing that survives `down`.

mod argument;
mod binaries;
mod cgroup;
mod client;
mod config;
mod debian;
mod dns;
mod down;
mod fault;
mod kubeconfig;
mod launch;
mod lock;
mod mount;
mod name;
mod network;
mod part;
mod pki;
mod place;
mod policy;
mod record;
mod status;
mod subnet;
mod trace;
mod up;
mod volume;
mod wait;

#[cfg(test)]
mod tests;

pub use fault::Fault;

pub(crate) use binaries::coredns;
pub(crate) use config::PAUSE_IMAGE;
pub(crate) use debian::{Tool, ensure, tool};
pub(crate) use name::{DEFAULT, Name};
pub(crate) use place::Place;
pub(crate) use record::Record;

use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::say;
use clap::{Args, Subcommand};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Cluster {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Bring it up, or say how to use it where it is up already
    Up {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        report: Report,
    },
    /// Take it down; nothing of it is left
    Down {
        #[command(flatten)]
        which: Which,
    },
    /// Say which parts run and how to use them
    Status {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        report: Report,
    },
    /// Turn the cluster's `NetworkPolicy` objects into packet filters (a part of the cluster)
    #[command(hide = true)]
    Policy {
        #[command(flatten)]
        which: Which,
    },
}

/// The cluster that is meant.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// A cluster of this name, beside others
    #[arg(long, default_value = DEFAULT)]
    pub(crate) name: Name,
    /// A cluster that exists already, to be used instead
    #[arg(long, env = "KUBECONFIG", value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Report {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Cluster {
    pub(crate) fn run(self, checkout: &Checkout) -> Result<ExitCode, Error> {
        match self.step {
            Step::Up { which, report } => bring_up(checkout, &which, &report),
            Step::Down { which } => take_down(checkout, &which),
            Step::Status { which, report } => tell(checkout, &which, &report),
            Step::Policy { which } => policy::run(checkout, &which.name),
        }
    }
}

impl Which {
    /// A cluster of ours, whatever `KUBECONFIG` says.
    pub(crate) fn own(name: Name) -> Self {
        Self {
            name,
            kubeconfig: None,
        }
    }

    /// The kubeconfig of somebody else's cluster, if one was given: one that does not lie in the
    /// folder of our clusters.
    pub(crate) fn foreign(&self, checkout: &Checkout) -> Option<&Path> {
        let given = self.kubeconfig.as_deref()?;
        let ours = given.starts_with(Place::parent(checkout));
        (!given.as_os_str().is_empty() && !ours).then_some(given)
    }
}

fn bring_up(checkout: &Checkout, which: &Which, report: &Report) -> Result<ExitCode, Error> {
    if let Some(kubeconfig) = which.foreign(checkout) {
        return meet(checkout, kubeconfig);
    }
    let record = up::up(checkout, &which.name)?;
    status::report(checkout, &record, report.json)
}

/// Asks somebody else's cluster what it is. One that does not answer is an error.
fn meet(checkout: &Checkout, kubeconfig: &Path) -> Result<ExitCode, Error> {
    let tools = binaries::kubectl(checkout)?;
    let version = client::Kubectl::foreign(checkout, &tools, kubeconfig).version()?;
    let path = kubeconfig.display();
    say(&format!(
        "KUBECONFIG is set: using the cluster of {path} (Kubernetes {version}), starting none"
    ));
    Ok(ExitCode::SUCCESS)
}

fn take_down(checkout: &Checkout, which: &Which) -> Result<ExitCode, Error> {
    if let Some(kubeconfig) = which.foreign(checkout) {
        let path = kubeconfig.display();
        say(&format!(
            "KUBECONFIG is set: the cluster of {path} is left alone"
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let name = &which.name;
    let was = down::down(checkout, name)?;
    say(&if was {
        format!("{name} is down")
    } else {
        format!("{name} was not up")
    });
    Ok(ExitCode::SUCCESS)
}

fn tell(checkout: &Checkout, which: &Which, report: &Report) -> Result<ExitCode, Error> {
    if let Some(kubeconfig) = which.foreign(checkout) {
        return meet(checkout, kubeconfig);
    }
    let name = &which.name;
    match Record::read(&Place::of(checkout, name)?)? {
        Some(record) => status::report(checkout, &record, report.json),
        None => Err(Fault::Down(name.to_string()).into()),
    }
}

/// A cluster that answers, and how to talk to it.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) kubeconfig: PathBuf,
    /// The folder of kubectl and Helm.
    pub(crate) tools: PathBuf,
    /// The address pods reach this machine at; only known of a cluster of ours.
    pub(crate) host: Option<Ipv4Addr>,
}

/// The cluster that is meant, brought up where it is ours and down.
pub(crate) fn ready(checkout: &Checkout, which: &Which) -> Result<Ready, Error> {
    if let Some(kubeconfig) = which.foreign(checkout) {
        return Ok(Ready {
            kubeconfig: kubeconfig.to_path_buf(),
            tools: binaries::kubectl(checkout)?,
            host: None,
        });
    }
    let record = up::up(checkout, &which.name)?;
    Ok(Ready {
        kubeconfig: Place::of(checkout, &which.name)?.admin(),
        tools: record.tools,
        host: Some(record.subnet.host()),
    })
}

/// Takes the cluster down, unless it is somebody else's.
pub(crate) fn finish(checkout: &Checkout, which: &Which) -> Result<(), Error> {
    if which.foreign(checkout).is_none() {
        down::down(checkout, &which.name)?;
    }
    Ok(())
}

/// Installs what makes the pause image.
pub(crate) fn ensure_pause_tools(checkout: &Checkout) -> Result<(), Error> {
    ensure(checkout, &debian::PAUSE)
}
