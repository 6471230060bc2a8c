//! Objects as files for kubectl.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tempfile::TempDir;
use vaultpilot_e2e::Cluster;
use vaultpilot_e2e::cluster::Ran;

/// Where the files are.
#[derive(Debug)]
pub(super) struct Scratch {
    folder: TempDir,
    files: AtomicUsize,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            files: AtomicUsize::new(0),
        }
    }

    pub(super) fn file(&self, object: &Value) -> PathBuf {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.path().join(format!("{number}.json"));
        std::fs::write(&path, object.to_string()).unwrap();
        path
    }
}

pub(super) fn create(cluster: &Cluster, scratch: &Scratch, object: &Value, dry: bool) -> Ran {
    let file = scratch.file(&paused(object));
    let mut arguments = vec!["create", "--validate=strict", "-f", file.to_str().unwrap()];
    if dry {
        arguments.push("--dry-run=server");
    }
    cluster.kubectl(&arguments)
}

/// Never in earnest.
pub(super) fn replace(cluster: &Cluster, scratch: &Scratch, object: &Value) -> Ran {
    let file = scratch.file(&paused(object));
    let file = file.to_str().unwrap();
    cluster.kubectl(&[
        "replace",
        "--validate=strict",
        "--dry-run=server",
        "-f",
        file,
    ])
}

/// An operator that watches leaves such an object alone.
fn paused(object: &Value) -> Value {
    let mut object = object.clone();
    object["metadata"]["annotations"] = json!({ "vaultpilot.io/paused": "true" });
    object
}

pub(super) fn name(object: &Value) -> &str {
    super::text(&object["metadata"], "name")
}

pub(super) fn namespace(object: &Value) -> &str {
    super::text(&object["metadata"], "namespace")
}
