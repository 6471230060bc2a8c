//! What is known of a cluster between two commands: its subnet and its processes.

use super::fault::Fault;
use super::name::{DEFAULT, Name};
use super::part::Part;
use super::place::Place;
use super::subnet::{SUBNETS, Subnet};
use crate::checkout::Checkout;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::Path;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) name: Name,
    pub(crate) subnet: Subnet,
    /// The version of Kubernetes.
    pub(crate) version: String,
    /// The tools' folder: kubectl and helm.
    pub(crate) tools: std::path::PathBuf,
    pub(crate) processes: Vec<Process>,
    /// Whether all of it came up.
    pub(crate) complete: bool,
}

/// A started part. A process id is given again to another process; together with its start it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    pub(crate) part: Part,
    pub(crate) id: u32,
    /// In the kernel's ticks since the machine's start.
    pub(crate) started: u64,
}

impl Record {
    pub(crate) fn read(place: &Place) -> Result<Option<Self>, Error> {
        let path = place.record();
        match fs::read(&path) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(record) => Ok(Some(record)),
                Err(source) => Err(Fault::Record { path, source }.into()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file("read", path)(error)),
        }
    }

    /// The file is replaced whole: a reader finds the old or the new one.
    pub(crate) fn write(&self, place: &Place) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).map_err(|source| Fault::Record {
            path: place.record(),
            source,
        })?;
        place.write("cluster.json.new", &text)?;
        let new = place.path("cluster.json.new");
        fs::rename(&new, place.record()).map_err(Error::file("move", new))
    }

    pub(crate) fn alive(&self) -> bool {
        self.complete
            && Part::ALL.iter().all(|&part| {
                self.processes
                    .iter()
                    .any(|process| process.part == part && process.alive())
            })
    }
}

impl Process {
    pub(crate) fn alive(&self) -> bool {
        started(self.id) == Some(self.started)
    }
}

/// When the process was started; nothing when there is none or only its remains.
pub(crate) fn started(id: u32) -> Option<u64> {
    parse_start(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// Field 22 of the line; the second is the program's name in parentheses, which may hold anything.
pub(super) fn parse_start(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// A subnet that no other cluster of this machine has. The first is the default cluster's, so that
/// its addresses are always the same.
pub(crate) fn free_subnet(checkout: &Checkout, name: &Name) -> Result<Subnet, Error> {
    let taken = recorded(&Place::parent(checkout));
    let reserved = usize::from(name.as_str() != DEFAULT);
    Subnet::all()
        .skip(reserved)
        .find(|subnet| {
            let link = Path::new("/sys/class/net").join(subnet.host_link());
            !taken.contains(subnet) && !link.exists()
        })
        .ok_or_else(|| Fault::Crowded(SUBNETS).into())
}

fn recorded(parent: &Path) -> Vec<Subnet> {
    let folders = fs::read_dir(parent).into_iter().flatten().flatten();
    folders
        .filter_map(|folder| fs::read(folder.path().join("cluster.json")).ok())
        .filter_map(|bytes| serde_json::from_slice::<Record>(&bytes).ok())
        .map(|record| record.subnet)
        .collect()
}
