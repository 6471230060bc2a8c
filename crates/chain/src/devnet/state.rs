//! The state file between two runs: checked, shortened, and copied while nobody writes it.
//!
//! anvil writes it in place, so a node that is killed while writing leaves half a file. It also
//! keeps every block for ever and writes all of them each second; blocks without transactions are
//! nobody's memory, and old ones are dropped here.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use alloy::primitives::U64;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{DevnetError, beside};

/// Newest blocks that are kept whether or not anything happened in them.
const KEPT_BLOCKS: u64 = 256;

/// What was done about a damaged state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The damaged file, moved here.
    pub damaged: PathBuf,
    /// The earlier copy that took its place: what happened after it is lost.
    pub restored: PathBuf,
}

/// Makes the file fit for a start, and a copy of it. No file is a new chain.
pub(super) fn prepare(state: &Path) -> Result<Option<Recovery>, DevnetError> {
    let previous = beside(state, ".previous");
    let Some(bytes) = read(state)? else {
        return Ok(None);
    };
    if let Some(short) = shorten(&bytes) {
        write(&previous, &short)?;
        if short.len() < bytes.len() {
            write(state, &short)?;
        }
        return Ok(None);
    }
    let usable = read(&previous)?.and_then(|bytes| shorten(&bytes));
    let Some(earlier) = usable else {
        return Err(DevnetError::Damaged {
            path: state.to_owned(),
        });
    };
    let damaged = beside(state, ".damaged");
    write(&damaged, &bytes)?;
    write(state, &earlier)?;
    tracing::warn!(
        devnet.damaged = %damaged.display(),
        devnet.restored = %previous.display(),
        "devnet state was damaged; the chain goes on from an earlier copy"
    );
    Ok(Some(Recovery {
        damaged,
        restored: previous,
    }))
}

/// Copies the state of a node that has ended.
pub(super) fn keep_copy(state: &Path) -> Result<(), DevnetError> {
    let bytes = read(state)?.unwrap_or_default();
    match shorten(&bytes) {
        Some(short) => write(&beside(state, ".previous"), &short),
        None => Err(DevnetError::Damaged {
            path: state.to_owned(),
        }),
    }
}

#[derive(Deserialize)]
struct Block {
    header: Header,
    transactions: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Header {
    number: U64,
}

/// The state without old empty blocks; `None` when it is no whole state.
fn shorten(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut fields: BTreeMap<&str, &RawValue> = serde_json::from_slice(bytes).ok()?;
    fields.get("accounts")?;
    let best: U64 = serde_json::from_str(fields.get("best_block_number")?.get()).ok()?;
    let oldest = best.to::<u64>().saturating_sub(KEPT_BLOCKS);
    let blocks: Vec<&RawValue> = serde_json::from_str(fields.get("blocks")?.get()).ok()?;
    let mut kept = Vec::with_capacity(blocks.len());
    for raw in blocks {
        let block: Block = serde_json::from_str(raw.get()).ok()?;
        let number: u64 = block.header.number.to();
        if number == 0 || number >= oldest || !block.transactions.is_empty() {
            kept.push(raw);
        }
    }
    let kept = serde_json::value::to_raw_value(&kept).ok()?;
    fields.insert("blocks", &kept);
    serde_json::to_vec(&fields).ok()
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, DevnetError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(DevnetError::State {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), DevnetError> {
    let fresh = beside(path, ".new");
    let write = || {
        let mut file = File::create(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&fresh, path)
    };
    write().map_err(|source| DevnetError::State {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests;
