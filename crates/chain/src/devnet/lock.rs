//! One node per state file. The lock is on the log file, which the node inherits as its output: it
//! is held as long as any process can still write the state, whoever started it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{DevnetError, LOOK_AGAIN, beside};
use crate::text::plain;

const SUFFIX: &str = ".log";
/// As long as an orphaned node is given to write its state and end.
const PATIENCE: Duration = Duration::from_secs(12);
const LAST_WORDS: usize = 400;

/// The log file, locked and empty.
pub(super) async fn acquire(state: &Path) -> Result<File, DevnetError> {
    let failed = |source| DevnetError::State {
        path: beside(state, SUFFIX),
        source,
    };
    if let Some(folder) = state.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(beside(state, SUFFIX))
        .map_err(failed)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match log.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(source)) => return Err(failed(source)),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                sleep(LOOK_AGAIN).await;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(DevnetError::InUse {
                    path: state.to_owned(),
                });
            }
        }
    }
    log.set_len(0).map_err(failed)?;
    Ok(log)
}

/// The end of what the node wrote.
pub(super) fn last_words(state: &Path) -> String {
    let log = std::fs::read(beside(state, SUFFIX)).unwrap_or_default();
    let start = log.len().saturating_sub(LAST_WORDS);
    plain(
        &String::from_utf8_lossy(&log[start..]).replace('\n', " "),
        LAST_WORDS,
    )
}
