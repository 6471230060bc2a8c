//! What the programs of a cluster write where no setting moves it.

use super::name::Name;
use super::place::Place;
use crate::error::Error;
use serde_json::Value;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What the CNI plugins answered, kept for the day they are asked to undo it.
pub(super) const ADDRESSES: &str = "/var/lib/cni/results";
const LOG_LINKS: &str = "/var/log/containers";

/// The sockets of the programs that stand between containerd and each container.
pub(super) fn sockets(place: &Place) -> Result<(), Error> {
    let tasks = place.path("containerd-state/io.containerd.runtime.v2.task/k8s.io");
    for task in entries(&tasks) {
        let address = fs::read_to_string(task.join("address")).unwrap_or_default();
        if let Some(socket) = address.trim().strip_prefix("unix://") {
            remove(Path::new(socket))?;
        }
    }
    Ok(())
}

/// The answers for this cluster's network, and those for the loopback of the same sandboxes.
pub(super) fn addresses(name: &Name) -> Result<(), Error> {
    let answers: Vec<_> = entries(Path::new(ADDRESSES))
        .into_iter()
        .filter_map(|path| {
            let answer: Value = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
            let field = |field: &str| Some(answer.get(field)?.as_str()?.to_owned());
            Some((path, field("networkName")?, field("containerId")?))
        })
        .collect();
    let network = name.namespace();
    let ours: Vec<_> = answers
        .iter()
        .filter(|(_, on, _)| *on == network)
        .map(|(_, _, sandbox)| sandbox)
        .collect();
    for (path, _, sandbox) in &answers {
        if ours.contains(&sandbox) {
            remove(path)?;
        }
    }
    Ok(())
}

/// Links to the pods' logs, for collectors that look in the old place.
pub(super) fn log_links(place: &Place) -> Result<(), Error> {
    for link in entries(Path::new(LOG_LINKS)) {
        if fs::read_link(&link).is_ok_and(|target| target.starts_with(place.root())) {
            remove(&link)?;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::file("remove", path)(error))
        }
        _ => Ok(()),
    }
}
