//! What the machine itself has to have, and where it comes from when it has not.

use super::fault::Fault;
use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{program, run, say};
use std::path::Path;

/// A file, and the Debian package that brings it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    pub(crate) path: &'static str,
    pub(crate) package: &'static str,
}

/// What a running cluster needs.
pub(crate) const CLUSTER: [Tool; 12] = [
    tool("/usr/bin/containerd", "containerd"),
    tool("/usr/bin/ctr", "containerd"),
    tool("/usr/sbin/runc", "runc"),
    tool("/usr/lib/cni/ptp", "containernetworking-plugins"),
    tool("/usr/lib/cni/host-local", "containernetworking-plugins"),
    tool("/usr/sbin/nft", "nftables"),
    tool("/usr/sbin/conntrack", "conntrack"),
    tool("/usr/sbin/iptables", "iptables"),
    tool("/sbin/ip", "iproute2"),
    tool("/usr/bin/nsenter", "util-linux"),
    tool("/usr/bin/setsid", "util-linux"),
    tool("/bin/umount", "mount"),
];

/// What makes the image that holds a pod's namespaces.
pub(crate) const PAUSE: [Tool; 2] = [
    tool("/usr/bin/gcc", "gcc"),
    tool("/usr/lib/x86_64-linux-gnu/libc.a", "libc6-dev"),
];

pub(crate) const fn tool(path: &'static str, package: &'static str) -> Tool {
    Tool { path, package }
}

/// Installs what is missing.
pub(crate) fn ensure(checkout: &Checkout, tools: &[Tool]) -> Result<(), Error> {
    let mut missing: Vec<_> = absent(tools).map(|tool| tool.package).collect();
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    if rustix::process::geteuid().is_root() && Path::new("/usr/bin/apt-get").exists() {
        say(&format!("installing {} from Debian", missing.join(", ")));
        let apt = |arguments: &[&str]| {
            run(program(checkout, "apt-get")
                .env("DEBIAN_FRONTEND", "noninteractive")
                // The package would start a containerd of its own.
                .env("RUNLEVEL", "1")
                .args(["--quiet", "--yes"])
                .args(arguments)
                .stdout(std::io::stderr()))
        };
        apt(&["update"])?;
        apt(&[&["install", "--no-install-recommends"], missing.as_slice()].concat())?;
    }
    match absent(tools).next() {
        None => Ok(()),
        Some(tool) => Err(Fault::NoTool {
            path: tool.path.into(),
            package: tool.package,
        }
        .into()),
    }
}

fn absent(tools: &[Tool]) -> impl Iterator<Item = &Tool> {
    tools.iter().filter(|tool| !Path::new(tool.path).exists())
}
