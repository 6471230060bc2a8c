//! One command at a time for one cluster.

use super::name::Name;
use super::place::Place;
use crate::checkout::Checkout;
use crate::error::Error;
use std::fs::{self, File};

/// Waits for the other command. The lock ends with the process, however it ends.
pub(super) fn hold(checkout: &Checkout, name: &Name) -> Result<File, Error> {
    lock(checkout, &format!(".{name}.lock"))
}

/// While a subnet is chosen and written down, no other cluster may choose.
pub(super) fn choose(checkout: &Checkout) -> Result<File, Error> {
    lock(checkout, ".subnets.lock")
}

fn lock(checkout: &Checkout, file: &str) -> Result<File, Error> {
    let parent = Place::parent(checkout);
    fs::create_dir_all(&parent).map_err(Error::file("make", &parent))?;
    let path = parent.join(file);
    let file = File::create(&path).map_err(Error::file("open", &path))?;
    file.lock().map_err(Error::file("lock", path))?;
    Ok(file)
}
