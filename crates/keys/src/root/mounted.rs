//! A root that a cluster mounts: written by others, the same for every replica, never made here.
//!
//! Such files are symbolic links into a folder that is exchanged as a whole, and belong to root and
//! to the group of the pod. So links are followed and the group may read; others may not, and nobody
//! but the owner may write.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags};
use zeroize::Zeroizing;

use super::public::PublicRoot;
use super::{Lock, RootError, RootKey, form};
use vaultpilot_secret::{Secret, erase};

const MAX_BYTES: u64 = 4096;
/// Write for the group, anything for others.
const FORBIDDEN: u32 = 0o027;
/// A public half may be read by everybody.
const FORBIDDEN_OF_PUBLIC: u32 = 0o022;

impl RootKey {
    /// Opens a root that is mounted: 64 hexadecimal digits, or a key file without a passphrase.
    ///
    /// # Errors
    /// When the file is missing, readable by others, no regular file or neither of the two.
    pub(crate) fn mounted(path: &Path) -> Result<Self, RootError> {
        erase::after(|| {
            let (text, mode) = read(path)?;
            demand(mode, FORBIDDEN, path)?;
            whole(&text, path)
        })
    }
}

/// The public half of what is mounted, which may be a root as well.
pub(super) fn public(path: &Path) -> Result<PublicRoot, RootError> {
    erase::after(|| {
        let (text, mode) = read(path)?;
        if let Some(public) = PublicRoot::read(&text) {
            demand(mode, FORBIDDEN_OF_PUBLIC, path)?;
            return Ok(public);
        }
        demand(mode, FORBIDDEN, path)?;
        whole(&text, path).map(|root| root.public_half())
    })
}

fn whole(text: &[u8], path: &Path) -> Result<RootKey, RootError> {
    match plain(text) {
        Some(secret) => Ok(RootKey::from(secret)),
        None => form::read(text, Lock::File, path).map(RootKey::from),
    }
}

fn demand(mode: u32, forbidden: u32, path: &Path) -> Result<(), RootError> {
    if mode & forbidden == 0 {
        return Ok(());
    }
    Err(RootError::ExposedMount {
        path: path.to_owned(),
        mode,
    })
}

/// 64 hexadecimal digits, and nothing but white space after them.
fn plain(text: &[u8]) -> Option<Secret> {
    let mut secret = Secret::empty();
    hex::decode_to_slice(text.trim_ascii_end(), secret.bytes_mut()).ok()?;
    Some(secret)
}

/// The text, and the mode of the file it is in.
fn read(path: &Path) -> Result<(Zeroizing<Vec<u8>>, u32), RootError> {
    let failed = |source: std::io::Error| RootError::Io {
        path: path.to_owned(),
        source,
    };
    // Not blocking: a FIFO must be refused, not waited for.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| match error {
        rustix::io::Errno::NOENT => RootError::Missing {
            path: path.to_owned(),
        },
        error => failed(error.into()),
    })?;
    let facts = rustix::fs::fstat(&file).map_err(|error| failed(error.into()))?;
    if FileType::from_raw_mode(facts.st_mode) != FileType::RegularFile {
        return Err(RootError::NotAFile {
            path: path.to_owned(),
        });
    }
    let mode = facts.st_mode & 0o7777;
    // Large enough from the start: a growing buffer would leave copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(2 * 4096));
    File::from(file)
        .take(MAX_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(failed)?;
    let whole = u64::try_from(text.len()).is_ok_and(|length| length <= MAX_BYTES);
    if whole {
        Ok((text, mode))
    } else {
        Err(RootError::Unreadable {
            path: path.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests;
