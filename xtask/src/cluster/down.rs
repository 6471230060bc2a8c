//! Takes a cluster down and leaves nothing behind, however much of it there is: the one who brought
//! it up may have been killed half way, or a part of it.

use super::fault::Fault;
use super::name::Name;
use super::part::Part;
use super::place::Place;
use super::record::{Record, started};
use super::subnet::Subnet;
use super::wait::until;
use super::{cgroup, lock, mount, network, trace, up};
use crate::checkout::Checkout;
use crate::error::Error;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io;

/// Whether there was anything.
pub(crate) fn down(checkout: &Checkout, name: &Name) -> Result<bool, Error> {
    if !rustix::process::geteuid().is_root() {
        return Err(Fault::NotRoot.into());
    }
    let place = Place::of(checkout, name)?;
    let _lock = lock::hold(checkout, name)?;
    let was = place.root().exists() || network::namespace_file(name).exists();
    clear(checkout, name, &place)?;
    Ok(was)
}

/// Stops everything and removes the files too.
pub(super) fn clear(checkout: &Checkout, name: &Name, place: &Place) -> Result<(), Error> {
    stop(checkout, name, place)?;
    match fs::remove_dir_all(place.root()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::file("remove", place.root())(error))
        }
        _ => Ok(()),
    }
}

/// Stops everything; logs and data stay.
pub(super) fn stop(checkout: &Checkout, name: &Name, place: &Place) -> Result<(), Error> {
    let subnet = up::subnet(place);
    stop_kubelet(checkout, name, place)?;
    // Pods next: their processes are in the cluster's control group and nowhere else.
    end("the pods' end", place, Signal::KILL, || {
        Ok(cgroup::processes(name))
    })?;
    stop_rest(checkout, name, place)?;
    trace::sockets(place)?;
    mount::remove_below(place.root())?;
    trace::addresses(name)?;
    trace::log_links(place)?;
    network::remove(checkout, name, subnet)?;
    cgroup::remove(name)?;
    verify(name, place, subnet)
}

/// First of all, as it would start again what is stopped.
fn stop_kubelet(checkout: &Checkout, name: &Name, place: &Place) -> Result<(), Error> {
    end("kubelet's end", place, Signal::KILL, || {
        let inside = network::processes(checkout, name)?;
        Ok(inside
            .into_iter()
            .filter(|&id| is(id, Part::Kubelet))
            .collect())
    })
}

fn is(id: u32, part: Part) -> bool {
    fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|comm| comm.trim_end() == part.name())
}

/// Whatever runs inside the namespace: the parts, and what containerd keeps beside a container.
fn stop_rest(checkout: &Checkout, name: &Name, place: &Place) -> Result<(), Error> {
    let inside = || network::processes(checkout, name);
    for id in inside()? {
        signal(id, Signal::TERM)?;
    }
    // Most end at once; a server may wait for its clients.
    match until("the parts' end", 2, place, || Ok(inside()?.is_empty())) {
        Err(Error::Cluster(Fault::Late { .. })) => {
            end("the parts' end", place, Signal::KILL, inside)?;
        }
        other => other?,
    }
    let recorded = Record::read(place).ok().flatten();
    let left = recorded.into_iter().flat_map(|record| record.processes);
    let left: Vec<_> = left.filter(super::record::Process::alive).collect();
    end("the parts' end", place, Signal::KILL, || {
        let alive = left.iter().filter(|process| process.alive());
        Ok(alive.map(|process| process.id).collect())
    })
}

/// Signals the processes that are found until none is found.
fn end(
    what: &'static str,
    place: &Place,
    with: Signal,
    find: impl Fn() -> Result<Vec<u32>, Error>,
) -> Result<(), Error> {
    until(what, 20, place, || {
        let mut found = find()?;
        found.retain(|&id| started(id).is_some());
        for &id in &found {
            signal(id, with)?;
        }
        Ok(found.is_empty())
    })
}

fn signal(id: u32, with: Signal) -> Result<(), Error> {
    let Some(process) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return Ok(());
    };
    match kill_process(process, with) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(Error::file("stop", format!("/proc/{id}"))(error.into())),
    }
}

/// Looks whether it is so.
fn verify(name: &Name, place: &Place, subnet: Option<Subnet>) -> Result<(), Error> {
    let link = subnet.map(|subnet| std::path::Path::new("/sys/class/net").join(subnet.host_link()));
    let left = [
        (mount::below(place.root())?.into_iter().next(), "a mount"),
        (Some(network::namespace_file(name)), "a network namespace"),
        (link, "a link"),
        (cgroup::exists(name), "a control group"),
    ];
    for (path, what) in left {
        if let Some(path) = path
            && path.exists()
        {
            return Err(Fault::Left { path, what }.into());
        }
    }
    Ok(())
}
