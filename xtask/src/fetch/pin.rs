//! A part as it is pinned: its files decide the folder, and the folder appears whole or not at all.

use crate::checkout::Checkout;
use crate::error::Error;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The files that say what is installed, all of one folder.
#[derive(Debug)]
pub(crate) struct Pin {
    kind: &'static str,
    files: Vec<(&'static str, Vec<u8>)>,
}

impl Pin {
    pub(crate) fn read(
        kind: &'static str,
        folder: &Path,
        names: &[&'static str],
    ) -> Result<Self, Error> {
        let read = |&name: &&'static str| {
            let path = folder.join(name);
            fs::read(&path)
                .map(|bytes| (name, bytes))
                .map_err(Error::file("read", path))
        };
        Ok(Self {
            kind,
            files: names.iter().map(read).collect::<Result<_, _>>()?,
        })
    }

    /// Distinguishes what the files do not: the kind of machine, the version of an interpreter.
    fn key(&self, also: &str) -> String {
        let mut hash = Sha256::new();
        for (name, bytes) in &self.files {
            hash.update(name.as_bytes());
            hash.update([0]);
            hash.update(Sha256::digest(bytes));
        }
        hash.update(also.as_bytes());
        let mut key = hex::encode(hash.finalize());
        key.truncate(16);
        key
    }

    /// The installed folder. `install` is called with an empty folder that has the pinned files,
    /// unless an earlier call has done the work.
    pub(crate) fn installed(
        &self,
        checkout: &Checkout,
        also: &str,
        install: impl FnOnce(&Path) -> Result<(), Error>,
    ) -> Result<PathBuf, Error> {
        let parent = checkout.cache().join(self.kind);
        let place = parent.join(self.key(also));
        if place.is_dir() {
            return Ok(place);
        }
        fs::create_dir_all(&parent).map_err(Error::file("make", &parent))?;
        let new = tempfile::Builder::new()
            .prefix(".new-")
            .tempdir_in(&parent)
            .map_err(Error::file("make a folder in", &parent))?;
        for (name, bytes) in &self.files {
            let path = new.path().join(name);
            fs::write(&path, bytes).map_err(Error::file("write", path))?;
        }
        install(new.path())?;
        settle(new, &place)?;
        Ok(place)
    }
}

/// Moves the new folder to its place. Another process may have been faster: its folder is as good.
fn settle(new: TempDir, place: &Path) -> Result<(), Error> {
    match fs::rename(new.path(), place) {
        Ok(()) => {
            // It is no longer where it would be deleted.
            let _moved = new.keep();
            Ok(())
        }
        Err(_) if place.is_dir() => Ok(()),
        Err(source) => Err(Error::File {
            verb: "move into",
            path: place.to_path_buf(),
            source,
        }),
    }
}
