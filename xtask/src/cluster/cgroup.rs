//! The control group below which all pods of a cluster are, and what is left in it.

use super::name::Name;
use crate::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const ROOT: &str = "/sys/fs/cgroup";

/// Makes the group in every hierarchy: kubelet wants to find it.
pub(super) fn make(name: &Name) -> Result<(), Error> {
    for group in groups(name) {
        fs::create_dir_all(&group).map_err(Error::file("make", &group))?;
        // A new group of the first version has no processor and no memory to run on.
        for file in ["cpuset.cpus", "cpuset.mems"] {
            inherit(&group, file)?;
        }
    }
    Ok(())
}

fn inherit(group: &Path, file: &str) -> Result<(), Error> {
    let own = group.join(file);
    let first_version = !group.join("cgroup.controllers").exists();
    if let Some(parent) = group.parent()
        && first_version
        && own.exists()
    {
        let from = parent.join(file);
        let value = fs::read(&from).map_err(Error::file("read", from))?;
        fs::write(&own, value).map_err(Error::file("write", own))?;
    }
    Ok(())
}

/// The processes of all pods.
pub(super) fn processes(name: &Name) -> Vec<u32> {
    let mut found = Vec::new();
    for group in groups(name) {
        visit(&group, &mut |group| {
            let list = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
            found.extend(list.lines().filter_map(|id| id.parse::<u32>().ok()));
        });
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Removes the groups, the inner ones first. A group with a process in it stays.
pub(super) fn remove(name: &Name) -> Result<(), Error> {
    for group in groups(name) {
        let mut inner = Vec::new();
        visit(&group, &mut |group| inner.push(group.to_path_buf()));
        for group in inner.into_iter().rev() {
            match fs::remove_dir(&group) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::file("remove", group)(error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

pub(super) fn exists(name: &Name) -> Option<PathBuf> {
    groups(name).into_iter().find(|group| group.exists())
}

/// A group comes before those inside it.
fn visit(group: &Path, see: &mut impl FnMut(&Path)) {
    if !group.is_dir() {
        return;
    }
    see(group);
    for entry in fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            visit(&entry.path(), see);
        }
    }
}

/// Of the first version there is one hierarchy a controller, of the second only one.
fn groups(name: &Name) -> Vec<PathBuf> {
    let root = Path::new(ROOT);
    if root.join("cgroup.controllers").exists() {
        return vec![root.join(name.namespace())];
    }
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    entries
        // Links are second names of the same hierarchy.
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path().join(name.namespace()))
        .collect()
}
