//! The shared libraries that programs of the machine need, to be put beside them.

use super::tree::Tree;
use crate::checkout::Checkout;
use crate::cluster::Fault;
use crate::error::Error;
use crate::process::{program, read};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Adds the libraries of everything in the tree. The loader finds them where it does here.
pub(super) fn add(checkout: &Checkout, tree: &mut Tree) -> Result<(), Error> {
    let dynamic: Vec<_> = tree
        .sources()
        .into_iter()
        .filter(|path| super::elf::is_dynamic(path))
        .collect();
    if dynamic.is_empty() {
        return Ok(());
    }
    let list = read(program(checkout, "ldd").args(&dynamic))?;
    for library in parse(&String::from_utf8_lossy(&list))? {
        tree.copy(&library)?;
    }
    Ok(())
}

/// `name => path (address)`, or `path (address)` for the loader; what has no path is the kernel's.
pub(super) fn parse(list: &str) -> Result<BTreeSet<PathBuf>, Fault> {
    let mut paths = BTreeSet::new();
    for line in list.lines().filter_map(|line| line.strip_prefix('\t')) {
        let (name, path) = line.split_once(" => ").unwrap_or((line, line));
        if path == "not found" {
            return Err(Fault::NoLibrary(name.to_owned()));
        }
        if let Some((path, _)) = path.split_once(" (")
            && path.starts_with('/')
        {
            paths.insert(PathBuf::from(path));
        }
    }
    Ok(paths)
}
