use super::pin::Pin;
use super::postgres::newest;
use crate::checkout::Checkout;
use crate::error::Error;
use std::fs;
use std::io;
use std::path::Path;
use tempfile::TempDir;

struct Ground {
    pinned: TempDir,
    cache: TempDir,
}

impl Ground {
    fn new(pin: &str) -> Self {
        let ground = Self {
            pinned: TempDir::new().unwrap(),
            cache: TempDir::new().unwrap(),
        };
        ground.repin(pin);
        ground
    }

    fn repin(&self, pin: &str) {
        fs::write(self.pinned.path().join("lock"), pin).unwrap();
    }

    fn installed(
        &self,
        also: &str,
        install: impl FnOnce(&Path) -> Result<(), Error>,
    ) -> Result<std::path::PathBuf, Error> {
        let pin = Pin::read("part", self.pinned.path(), &["lock"])?;
        pin.installed(&Checkout::with_cache(self.cache.path()), also, install)
    }

    /// What lies on the shelf, half-made folders included.
    fn shelf(&self) -> usize {
        fs::read_dir(self.cache.path().join("part"))
            .unwrap()
            .count()
    }
}

fn make(folder: &Path) -> Result<(), Error> {
    let lock = folder.join("lock");
    fs::copy(&lock, folder.join("made")).map_err(Error::file("copy", lock))?;
    Ok(())
}

fn fail(_: &Path) -> Result<(), Error> {
    Err(Error::Output(io::Error::other("the registry is away")))
}

#[test]
fn a_part_is_installed_once() {
    let ground = Ground::new("v1");
    let first = ground.installed("", make).unwrap();
    assert_eq!(fs::read_to_string(first.join("made")).unwrap(), "v1");
    // Were it to install again, it would fail.
    assert_eq!(ground.installed("", fail).unwrap(), first);
}

#[test]
fn another_pin_or_another_machine_is_another_folder() {
    let ground = Ground::new("v1");
    let first = ground.installed("linux", make).unwrap();
    let elsewhere = ground.installed("macos", make).unwrap();
    ground.repin("v2");
    let second = ground.installed("linux", make).unwrap();
    assert_eq!(fs::read_to_string(second.join("made")).unwrap(), "v2");
    assert!(first != elsewhere && first != second && elsewhere != second);
    assert!(
        first.is_dir(),
        "the old folder stays, for the checkout that still pins it"
    );
}

#[test]
fn a_failed_installation_leaves_nothing() {
    let ground = Ground::new("v1");
    ground.installed("", fail).unwrap_err();
    assert_eq!(ground.shelf(), 0);
    ground.installed("", make).unwrap();
    assert_eq!(ground.shelf(), 1);
}

#[test]
fn who_comes_second_takes_what_the_first_has_made() {
    let ground = Ground::new("v1");
    let place = ground
        .installed("", |folder| {
            // Meanwhile another process does the same, and is faster.
            let other = ground.installed("", make)?;
            let made = other.join("made");
            fs::write(&made, "by the other").map_err(Error::file("write", made))?;
            make(folder)
        })
        .unwrap();
    assert_eq!(
        fs::read_to_string(place.join("made")).unwrap(),
        "by the other"
    );
    assert_eq!(ground.shelf(), 1);
}

#[test]
fn a_missing_pin_is_named() {
    let empty = TempDir::new().unwrap();
    let error = Pin::read("part", empty.path(), &["lock"])
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("cannot read ") && error.ends_with("/lock"),
        "{error}"
    );
}

#[test]
fn the_newest_postgres_that_is_new_enough_is_taken() {
    let versions = TempDir::new().unwrap();
    let install = |version: &str| {
        let folder = versions.path().join(version).join("bin");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("initdb"), "").unwrap();
        folder
    };
    assert_eq!(newest(versions.path()), None);
    install("14");
    install("readme");
    assert_eq!(newest(versions.path()), None);
    install("9.6");
    let fifteen = install("15");
    assert_eq!(newest(versions.path()), Some(fifteen));
    let seventeen = install("17");
    // Its programs were removed.
    fs::create_dir_all(versions.path().join("18/bin")).unwrap();
    assert_eq!(newest(versions.path()), Some(seventeen));
    assert_eq!(newest(&versions.path().join("nowhere")), None);
}
