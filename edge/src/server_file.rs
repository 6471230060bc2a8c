//! `server.json` in the data folder: how commands find the server that runs on it.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vaultpilot_core::Timestamp;

use crate::failure::Failure;
use crate::private;

/// Written when the server is ready, removed when it has drained. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFile {
    pub pid: u32,
    /// Base of the API, without `/api/v1`.
    pub api_url: String,
    pub mcp_url: String,
    pub metrics_url: String,
    pub tenant: String,
    pub started_at: Timestamp,
    pub version: String,
}

impl ServerFile {
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("server.json")
    }

    /// `None` when there is none, which means that no server runs on this folder.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(data_dir: &Path) -> Result<Option<Self>, Failure> {
        let path = Self::path(data_dir);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Failure::Read { path, source }),
        };
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|source| Failure::NotJson { path, source })
    }

    /// # Errors
    /// When the folder cannot be written to.
    pub fn write(&self, data_dir: &Path) -> Result<(), Failure> {
        let path = Self::path(data_dir);
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        private::folder(data_dir)
            .and_then(|()| private::write(&path, &text))
            .map_err(|source| Failure::Write { path, source })
    }

    /// Removes the file if it is this server's own, not a successor's.
    pub fn remove(&self, data_dir: &Path) {
        if Self::read(data_dir).is_ok_and(|found| found.as_ref() == Some(self)) {
            // A leftover is found out by its process id.
            let _ = std::fs::remove_file(Self::path(data_dir));
        }
    }

    /// Whether the process that wrote it still runs.
    pub fn is_alive(&self) -> bool {
        let pid = i32::try_from(self.pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        pid.is_some_and(|pid| {
            let asked = rustix::process::test_kill_process(pid);
            matches!(asked, Ok(()) | Err(rustix::io::Errno::PERM))
        })
    }
}

#[cfg(test)]
mod tests;
