//! Where things are: the checkout, the cache beside it, the folder of build output.

use crate::error::Error;
use clap::Args;
use std::path::{Path, PathBuf};

/// Folders that the caller may move.
#[derive(Debug, Args)]
pub(crate) struct Places {
    /// Installed parts and build output [default: ~/.cache/vaultpilot]
    #[arg(long, env = "VAULTPILOT_CACHE", value_name = "FOLDER", global = true)]
    cache: Option<PathBuf>,
    /// Build output [default: target in the cache]
    #[arg(long, env = "CARGO_TARGET_DIR", value_name = "FOLDER", global = true)]
    target_dir: Option<PathBuf>,
}

#[derive(Debug)]
pub(crate) struct Checkout {
    root: PathBuf,
    cache: PathBuf,
    target_dir: PathBuf,
}

impl Checkout {
    pub(crate) fn open(places: Places) -> Result<Self, Error> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .unwrap_or(Path::new("/"));
        let cache = match places.cache {
            Some(cache) => absolute(&cache)?,
            None => std::env::home_dir()
                .ok_or(Error::NoHome)?
                .join(".cache/vaultpilot"),
        };
        let target_dir = match places.target_dir {
            Some(folder) => absolute(&folder)?,
            None => cache.join("target"),
        };
        Ok(Self {
            root: root.to_path_buf(),
            cache,
            target_dir,
        })
    }

    #[cfg(test)]
    pub(crate) fn with_cache(cache: &Path) -> Self {
        let cache = cache.to_path_buf();
        Self {
            root: cache.clone(),
            target_dir: cache.join("target"),
            cache,
        }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn cache(&self) -> &Path {
        &self.cache
    }

    pub(crate) fn target_dir(&self) -> &Path {
        &self.target_dir
    }
}

fn absolute(path: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(path).map_err(Error::file("resolve", path))
}
