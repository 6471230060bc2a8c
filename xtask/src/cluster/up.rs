//! Brings a cluster up: from binaries to a node that is ready.

use super::binaries::{self, Binaries};
use super::client::Kubectl;
use super::down;
use super::fault::Fault;
use super::launch::Launcher;
use super::name::Name;
use super::part::Part;
use super::place::Place;
use super::record::{self, Record};
use super::subnet::Subnet;
use super::wait::{now, until};
use super::{cgroup, config, debian, dns, kubeconfig, lock, network, pki, policy, volume};
use crate::checkout::Checkout;
use crate::error::{Error, report};
use crate::image::{self, Written};
use crate::process::say;
use std::fs;

/// A cluster that is up, newly or since an earlier call.
pub(crate) fn up(checkout: &Checkout, name: &Name) -> Result<Record, Error> {
    if !rustix::process::geteuid().is_root() {
        return Err(Fault::NotRoot.into());
    }
    let place = Place::of(checkout, name)?;
    let _lock = lock::hold(checkout, name)?;
    match Record::read(&place) {
        Ok(Some(record)) if record.alive() => return Ok(record),
        // The record is written before the namespace is made, so this one is of another cache.
        Ok(None) if network::namespace_file(name).exists() => {
            return Err(Fault::Elsewhere(name.to_string()).into());
        }
        Ok(None) => {}
        _ => say(&format!("{name} is not whole: clearing away what is there")),
    }
    // Also where there is no record: what an earlier `down` did not finish is cleared away.
    down::clear(checkout, name, &place)?;
    let parts = Parts::fetch(checkout)?;
    let begun = now();
    let record = start(checkout, name, &place, &parts);
    match record {
        Ok(record) => {
            say(&format!(
                "{name} is up after {:.1} s",
                begun.elapsed().as_secs_f32()
            ));
            Ok(record)
        }
        Err(error) => {
            // The logs stay, to be read; the next `up` or `down` clears them away.
            if let Err(also) = down::stop(checkout, name, &place) {
                report(&also);
            }
            Err(error)
        }
    }
}

/// Everything that is made once and kept in the cache.
struct Parts {
    binaries: Binaries,
    tools: std::path::PathBuf,
    images: [Written; 2],
    dns: String,
}

impl Parts {
    fn fetch(checkout: &Checkout) -> Result<Self, Error> {
        debian::ensure(checkout, &debian::CLUSTER)?;
        let dns = image::dns(checkout)?;
        Ok(Self {
            binaries: binaries::kubernetes(checkout)?,
            tools: binaries::kubectl(checkout)?,
            dns: dns.name.clone(),
            images: [image::pause(checkout)?, dns],
        })
    }
}

fn start(checkout: &Checkout, name: &Name, place: &Place, parts: &Parts) -> Result<Record, Error> {
    let choice = lock::choose(checkout)?;
    let subnet = record::free_subnet(checkout, name)?;
    let logs = place.logs();
    fs::create_dir_all(&logs).map_err(Error::file("make", logs))?;
    let mut record = Record {
        name: name.clone(),
        subnet,
        version: parts.binaries.version.clone(),
        tools: parts.tools.clone(),
        processes: Vec::new(),
        complete: false,
    };
    record.write(place)?;
    drop(choice);
    pki::write(place, name, subnet)?;
    kubeconfig::write_all(place, name.as_str(), subnet)?;
    config::write_all(place, name, subnet)?;
    volume::make(place)?;
    cgroup::make(name)?;
    network::make(checkout, name, subnet)?;

    let launcher = Launcher {
        checkout,
        place,
        name,
        subnet,
        binaries: &parts.binaries.kubernetes,
    };
    let kubectl = Kubectl::of(checkout, &parts.tools, place);
    let mut run = Run {
        launcher: &launcher,
        record: &mut record,
    };
    run.start(&[Part::Etcd, Part::KubeApiserver, Part::Containerd])?;
    run.until(
        "containerd",
        || Ok(image::client(checkout, place).answers()),
    )?;
    for image in &parts.images {
        image::client(checkout, place).import(image)?;
    }
    run.until("the API server", || {
        Ok(kubectl.answers(&["get", "--raw=/readyz"]))
    })?;
    kubectl.apply(&policy::access())?;
    run.start(&[
        Part::KubeControllerManager,
        Part::KubeScheduler,
        Part::Policy,
        Part::KubeProxy,
    ])?;
    // No pod before there is a filter.
    run.until("the packet filter", || {
        Ok(place.path(policy::READY).exists())
    })?;
    run.start(&[Part::Kubelet])?;
    kubectl.apply(&volume::objects(place))?;
    kubectl.apply(&dns::objects(&parts.dns, subnet))?;
    run.until("a ready node", || {
        kubectl.shows("node", name.as_str(), NODE_READY, "True")
    })?;
    run.until("the DNS server", || {
        kubectl.shows(
            "-n=kube-system",
            "deployment/coredns",
            "{.status.readyReplicas}",
            "1",
        )
    })?;
    // Without it no pod is admitted to the namespace.
    run.until("the default service account", || {
        Ok(kubectl.answers(&["get", "serviceaccount", "default"]))
    })?;
    record.complete = true;
    record.write(place)?;
    Ok(record)
}

const NODE_READY: &str = r#"{.status.conditions[?(@.type=="Ready")].status}"#;

struct Run<'a> {
    launcher: &'a Launcher<'a>,
    record: &'a mut Record,
}

impl Run<'_> {
    /// Each start is written down before the next, for whoever has to clear away after a crash.
    fn start(&mut self, parts: &[Part]) -> Result<(), Error> {
        for &part in parts {
            let process = self.launcher.start(part)?;
            self.record.processes.push(process);
            self.record.write(self.launcher.place)?;
        }
        Ok(())
    }

    /// Waits, but not for what a part that is gone would have to do.
    fn until(
        &self,
        what: &'static str,
        mut ask: impl FnMut() -> Result<bool, Error>,
    ) -> Result<(), Error> {
        until(what, 60, self.launcher.place, || {
            match self
                .record
                .processes
                .iter()
                .find(|process| !process.alive())
            {
                Some(process) => Err(self.launcher.ended(process.part)),
                None => ask(),
            }
        })
    }
}

/// The subnet of a cluster that is known, if it is.
pub(super) fn subnet(place: &Place) -> Option<Subnet> {
    Record::read(place)
        .ok()
        .flatten()
        .map(|record| record.subnet)
}
