//! The key file on disk: private, whole, and never replaced.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RenameFlags};
use vaultpilot_core::Entropy;
use zeroize::Zeroizing;

use super::RootError;

/// Far above any key file of version 1.
const MAX_BYTES: u64 = 4096;

/// Writes a file of its own first and gives it its name only when it is whole and on disk: a crash
/// leaves no half key, and the name is never taken from another file.
pub(super) fn create(path: &Path, text: &[u8], entropy: &dyn Entropy) -> Result<(), RootError> {
    let failed = |source: std::io::Error| RootError::Io {
        path: path.to_owned(),
        source,
    };
    if path.symlink_metadata().is_ok() {
        return Err(RootError::Exists {
            path: path.to_owned(),
        });
    }
    let draft = draft_of(path, entropy);
    let written = write_new(&draft, text).and_then(|()| {
        rustix::fs::renameat_with(CWD, &draft, CWD, path, RenameFlags::NOREPLACE)
            .map_err(std::io::Error::from)
    });
    if let Err(error) = written {
        // Ours, and of no use; that it cannot be removed either is not what went wrong.
        let _ = rustix::fs::unlinkat(CWD, &draft, AtFlags::empty());
        let taken = error.kind() == std::io::ErrorKind::AlreadyExists;
        return Err(if taken {
            RootError::Exists {
                path: path.to_owned(),
            }
        } else {
            failed(error)
        });
    }
    let folder = path
        .parent()
        .filter(|it| !it.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)
}

/// In the same folder, so that renaming it is one step.
fn draft_of(path: &Path, entropy: &dyn Entropy) -> PathBuf {
    let mut random = [0u8; 8];
    entropy.fill(&mut random);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", hex::encode(random)));
    path.with_file_name(name)
}

fn write_new(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?;
    // The umask may have taken bits away; nothing may have added any.
    rustix::fs::fchmod(&file, Mode::RUSR | Mode::WUSR)?;
    let mut file = File::from(file);
    file.write_all(text)?;
    file.sync_all()
}

/// Looks at the open file, not at its name: nobody can swap it in between.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, RootError> {
    let path_buf = || path.to_owned();
    let failed = |source: std::io::Error| RootError::Io {
        path: path.to_owned(),
        source,
    };
    // Not blocking: a FIFO must be refused, not waited for.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| match error {
        rustix::io::Errno::NOENT => RootError::Missing { path: path_buf() },
        rustix::io::Errno::LOOP => RootError::NotAFile { path: path_buf() },
        error => failed(error.into()),
    })?;
    let facts = rustix::fs::fstat(&file).map_err(|error| failed(error.into()))?;
    if FileType::from_raw_mode(facts.st_mode) != FileType::RegularFile {
        return Err(RootError::NotAFile { path: path_buf() });
    }
    let mode = facts.st_mode & 0o7777;
    if mode & 0o077 != 0 {
        return Err(RootError::Exposed {
            path: path_buf(),
            mode,
        });
    }
    // Large enough from the start: a growing buffer would leave copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(2 * 4096));
    File::from(file)
        .take(MAX_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(failed)?;
    let whole = u64::try_from(text.len()).is_ok_and(|length| length <= MAX_BYTES);
    if whole {
        Ok(text)
    } else {
        Err(RootError::Unreadable { path: path_buf() })
    }
}
