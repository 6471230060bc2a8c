//! The network namespace of a cluster and the link to it.
//!
//! Everything of the cluster listens inside, so nothing of the machine is in its way; routes from
//! outside make nodes, pods and Services reachable without a proxy.

use super::name::Name;
use super::subnet::Subnet;
use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{program, run};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(super) fn namespace_file(name: &Name) -> PathBuf {
    Path::new("/run/netns").join(name.namespace())
}

pub(super) fn make(checkout: &Checkout, name: &Name, subnet: Subnet) -> Result<(), Error> {
    let namespace = name.namespace();
    let steps = steps(&namespace, subnet);
    let ip = |arguments: &[String]| run(program(checkout, "ip").args(arguments));
    steps.outside.iter().try_for_each(|step| ip(step))?;
    for step in &steps.inside {
        run(inside(checkout, name, "ip").args(step))?;
    }
    // /proc/sys/net is that of the process which opens it.
    run(inside(checkout, name, "sh").args(["-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]))?;
    steps.routes.iter().try_for_each(|step| ip(step))
}

/// The arguments of `ip`, in order.
#[derive(Debug)]
pub(super) struct Steps {
    pub(super) outside: Vec<Vec<String>>,
    pub(super) inside: Vec<Vec<String>>,
    pub(super) routes: Vec<Vec<String>>,
}

pub(super) fn steps(namespace: &str, subnet: Subnet) -> Steps {
    let link = subnet.host_link();
    let (host, node) = (subnet.host(), subnet.node());
    let words = |line: String| line.split(' ').map(String::from).collect();
    Steps {
        outside: [
            format!("netns add {namespace}"),
            format!("link add {link} type veth peer name eth0 netns {namespace}"),
            format!("address add {host}/24 dev {link}"),
            format!("link set {link} up"),
        ]
        .map(words)
        .into(),
        inside: [
            "link set lo up".into(),
            format!("address add {node}/24 dev eth0"),
            "link set eth0 up".into(),
            format!("route add default via {host}"),
        ]
        .map(words)
        .into(),
        routes: [subnet.pods(), subnet.services()]
            .map(|range| words(format!("route add {range} via {node} dev {link}")))
            .into(),
    }
}

/// A program inside. Not by `ip netns exec`: that hides /sys/fs/cgroup.
pub(super) fn inside(checkout: &Checkout, name: &Name, inner: impl AsRef<OsStr>) -> Command {
    let mut command = program(checkout, "nsenter");
    command.arg(enter(name)).arg(inner);
    command
}

pub(super) fn enter(name: &Name) -> String {
    format!("--net={}", namespace_file(name).display())
}

/// The processes inside, whoever started them.
pub(super) fn processes(checkout: &Checkout, name: &Name) -> Result<Vec<u32>, Error> {
    if !namespace_file(name).exists() {
        return Ok(Vec::new());
    }
    let list =
        crate::process::read(program(checkout, "ip").args(["netns", "pids", &name.namespace()]))?;
    let list = String::from_utf8_lossy(&list);
    Ok(list
        .lines()
        .filter_map(|id| id.trim().parse().ok())
        .collect())
}

/// Takes the link down first: a namespace keeps its own end until its last process ends.
pub(super) fn remove(
    checkout: &Checkout,
    name: &Name,
    subnet: Option<Subnet>,
) -> Result<(), Error> {
    if let Some(link) = subnet.map(Subnet::host_link)
        && Path::new("/sys/class/net").join(&link).exists()
    {
        run(program(checkout, "ip").args(["link", "delete", &link]))?;
    }
    if namespace_file(name).exists() {
        run(program(checkout, "ip")
            .args(["netns", "delete", &name.namespace()])
            .stderr(Stdio::inherit()))?;
    }
    Ok(())
}
