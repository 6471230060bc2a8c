//! What is mounted below a cluster's folder: root file systems of containers, volumes, namespaces.

use crate::error::Error;
use rustix::mount::{UnmountFlags, unmount};
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

const TABLE: &str = "/proc/self/mountinfo";

pub(super) fn below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let table = fs::read_to_string(TABLE).map_err(Error::file("read", TABLE))?;
    Ok(parse(&table)
        .filter(|point| point.starts_with(folder))
        .collect())
}

/// The last first: what is mounted later may lie in what was mounted before.
pub(super) fn remove_below(folder: &Path) -> Result<(), Error> {
    for point in below(folder)?.into_iter().rev() {
        // Detached: it goes from the tree now, and wholly with its last user.
        unmount(&point, UnmountFlags::DETACH)
            .map_err(|error| Error::file("unmount", &point)(error.into()))?;
    }
    Ok(())
}

/// The fifth field of each line, in which space, tab, newline and backslash are octal numbers.
pub(super) fn parse(table: &str) -> impl Iterator<Item = PathBuf> {
    table
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .map(|field| PathBuf::from(OsString::from_vec(unescape(field.as_bytes()))))
}

fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&first, after)) = rest.split_first() {
        let number = after.get(..3).filter(|_| first == b'\\').and_then(octal);
        let (byte, length) = number.map_or((first, 1), |byte| (byte, 4));
        plain.push(byte);
        rest = &rest[length..];
    }
    plain
}

fn octal(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()
}
