//! Where the files of one cluster are: all below one folder in the cache.

use super::fault::Fault;
use super::name::Name;
use crate::checkout::Checkout;
use crate::error::Error;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone)]
pub(crate) struct Place {
    root: PathBuf,
}

/// A socket's path may have 107 bytes; the longest below the folder is kubelet's, of 48.
const LIMIT: usize = 59;

impl Place {
    pub(crate) fn of(checkout: &Checkout, name: &Name) -> Result<Self, Error> {
        let root = Self::parent(checkout).join(name.as_str());
        let length = root.as_os_str().len();
        if length > LIMIT {
            return Err(Fault::LongPath {
                path: root,
                length,
                limit: LIMIT,
            }
            .into());
        }
        Ok(Self { root })
    }

    /// The folder of all clusters.
    pub(crate) fn parent(checkout: &Checkout) -> PathBuf {
        checkout.cache().join("cluster")
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The path as an argument or a value in a configuration file.
    pub(crate) fn text(&self, relative: &str) -> String {
        self.path(relative).display().to_string()
    }

    pub(crate) fn record(&self) -> PathBuf {
        self.path("cluster.json")
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.path("logs")
    }

    pub(crate) fn admin(&self) -> PathBuf {
        self.path("admin.kubeconfig")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.path("containerd.sock")
    }

    /// Writes a file that only root reads: some of them hold keys.
    pub(crate) fn write(&self, relative: &str, text: &str) -> Result<(), Error> {
        let path = self.path(relative);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::file("make", parent))?;
        }
        fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(Error::file("write", path))
    }
}
