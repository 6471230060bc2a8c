//! The files of an image, by path: folders they are in come along, and the order is that of the
//! paths, so that the same files are the same image.

use super::oci::Entry;
use crate::error::Error;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

#[derive(Debug, Default)]
pub(super) struct Tree {
    entries: BTreeMap<String, Entry>,
}

impl Tree {
    pub(super) fn folder(&mut self, path: &str, mode: u32, owner: u32) {
        self.parents(path);
        let entry = Entry::Folder {
            path: path.to_owned(),
            mode,
            owner,
        };
        self.entries.insert(path.to_owned(), entry);
    }

    pub(super) fn text(&mut self, path: &str, mode: u32, text: impl Into<String>) {
        self.add(Entry::Text {
            path: path.to_owned(),
            mode,
            text: text.into(),
        });
    }

    pub(super) fn add(&mut self, entry: Entry) {
        let path = entry.path().to_owned();
        self.parents(&path);
        self.entries.insert(path, entry);
    }

    /// A file of the machine at its own place; what it links to is copied.
    pub(super) fn copy(&mut self, from: &Path) -> Result<(), Error> {
        let mode = fs::metadata(from)
            .map_err(Error::file("read", from))?
            .permissions()
            .mode();
        self.add(Entry::File {
            path: inside(from),
            // Nobody writes to an image.
            mode: mode & 0o555,
            from: from.to_path_buf(),
        });
        Ok(())
    }

    /// A folder of the machine with all in it that is wanted.
    pub(super) fn copy_folder(
        &mut self,
        from: &Path,
        wanted: &impl Fn(&Path) -> bool,
    ) -> Result<(), Error> {
        for entry in fs::read_dir(from).map_err(Error::file("read", from))? {
            let path = entry.map_err(Error::file("read", from))?.path();
            if !wanted(&path) {
                continue;
            }
            if path.is_dir() {
                self.copy_folder(&path, wanted)?;
            } else {
                self.copy(&path)?;
            }
        }
        Ok(())
    }

    /// The files that come from the machine.
    pub(super) fn sources(&self) -> Vec<PathBuf> {
        let entries = self.entries.values();
        entries
            .filter_map(|entry| match entry {
                Entry::File { from, .. } => Some(from.clone()),
                _ => None,
            })
            .collect()
    }

    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries.into_values().collect()
    }

    fn parents(&mut self, path: &str) {
        for (at, _) in path.match_indices('/') {
            let parent = path[..at].to_owned();
            self.entries.entry(parent.clone()).or_insert(Entry::Folder {
                path: parent,
                mode: 0o755,
                owner: 0,
            });
        }
    }
}

/// A path of the machine as one of an archive.
fn inside(path: &Path) -> String {
    path.to_string_lossy().trim_start_matches('/').to_owned()
}
