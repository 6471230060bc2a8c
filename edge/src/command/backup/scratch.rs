//! A folder that is gone when we are, for its owner alone.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// `<prefix><process id>` in a folder. One whose process has died is swept by the next.
pub(super) struct Scratch {
    path: PathBuf,
    kept: bool,
}

impl Scratch {
    pub(super) fn new(folder: &Path, prefix: &str) -> Result<Self, Failure> {
        sweep(folder, prefix);
        let path = folder.join(format!("{prefix}{}", std::process::id()));
        let failed = |source| Failure::Write {
            path: path.clone(),
            source,
        };
        // Ours from an earlier life of this number, or nobody's.
        if path.exists() {
            std::fs::remove_dir_all(&path).map_err(failed)?;
        }
        // Not one that somebody else has made meanwhile: what is in it would be his too.
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(failed)?;
        Ok(Self { path, kept: false })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// It has become something else, under another name.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.kept {
            // What went wrong before is what is told.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

fn sweep(folder: &Path, prefix: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(prefix));
        let pid = pid.and_then(|pid| pid.parse::<i32>().ok());
        let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) else {
            continue;
        };
        let is_dead = rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH);
        if is_dead {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
