//! A backup on its way to the disk: sealed from its first byte, under another name until it is whole.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use age::stream::StreamWriter;
use tempfile::NamedTempFile;

use crate::digest::Digesting;
use crate::{BackupError, Manifest, Member, Seal};

pub struct Writer {
    archive: tar::Builder<StreamWriter<BufWriter<NamedTempFile>>>,
    members: VecDeque<Member>,
    to: PathBuf,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub path: PathBuf,
    pub bytes: u64,
}

impl Writer {
    /// Begins a file that must not be there yet. Dropped before [`Writer::finish`], nothing is left.
    ///
    /// # Errors
    /// When there is one, or the folder cannot be written to.
    pub fn create(to: &Path, seal: &Seal, manifest: &Manifest) -> Result<Self, BackupError> {
        let to = std::path::absolute(to).map_err(failed(to))?;
        if to.symlink_metadata().is_ok() {
            return Err(BackupError::Exists { path: to });
        }
        // Made with mode 0600.
        let file = tempfile::Builder::new()
            .prefix(".vpbackup-")
            .tempfile_in(folder(&to))
            .map_err(failed(&to))?;
        let sealed = seal.encryptor()?.wrap_output(BufWriter::new(file));
        let mut archive = tar::Builder::new(sealed.map_err(failed(&to))?);
        let text = serde_json::to_vec_pretty(manifest).map_err(|error| BackupError::Write {
            path: to.clone(),
            source: error.into(),
        })?;
        append(&mut archive, "manifest.json", text.len() as u64, &*text).map_err(failed(&to))?;
        Ok(Self {
            archive,
            members: manifest.members.iter().cloned().collect(),
            to,
        })
    }

    /// Writes the member that comes next in the manifest.
    ///
    /// # Errors
    /// When it is not what the manifest says of it, or cannot be written.
    pub fn member(&mut self, name: &str, from: impl Read) -> Result<(), BackupError> {
        let changed = || BackupError::Changed {
            member: name.to_owned(),
        };
        let member = self.members.pop_front().ok_or_else(changed)?;
        if member.name != name {
            return Err(changed());
        }
        let mut from = Digesting::new(from);
        append(
            &mut self.archive,
            name,
            member.bytes,
            (&mut from).take(member.bytes),
        )
        .map_err(failed(&self.to))?;
        let counted = from.finish().map_err(failed(&self.to))?;
        if counted.bytes == member.bytes && counted.sha256 == member.sha256 {
            Ok(())
        } else {
            Err(changed())
        }
    }

    /// Puts the whole file in its place, on the disk when this returns.
    ///
    /// # Errors
    /// When a member is missing, or somebody made a file of this name meanwhile.
    pub fn finish(self) -> Result<Written, BackupError> {
        let Self {
            archive,
            members,
            to,
        } = self;
        if let Some(missing) = members.front() {
            return Err(BackupError::Changed {
                member: missing.name.clone(),
            });
        }
        let sealed = archive.into_inner().map_err(failed(&to))?;
        let mut buffered = sealed.finish().map_err(failed(&to))?;
        buffered.flush().map_err(failed(&to))?;
        let file = buffered
            .into_inner()
            .map_err(|error| failed(&to)(error.into_error()))?;
        file.as_file().sync_all().map_err(failed(&to))?;
        let bytes = file.as_file().metadata().map_err(failed(&to))?.len();
        file.persist_noclobber(&to).map_err(|error| {
            if error.error.kind() == std::io::ErrorKind::AlreadyExists {
                BackupError::Exists { path: to.clone() }
            } else {
                failed(&to)(error.error)
            }
        })?;
        File::open(folder(&to))
            .and_then(|folder| folder.sync_all())
            .map_err(failed(&to))?;
        Ok(Written { path: to, bytes })
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::Write {
        path: path.clone(),
        source,
    }
}

/// The same bytes for the same content, whoever writes them and when.
fn append<W: std::io::Write>(
    archive: &mut tar::Builder<W>,
    name: &str,
    size: u64,
    from: impl Read,
) -> std::io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_mode(0o600);
    header.set_size(size);
    header.set_entry_type(tar::EntryType::Regular);
    archive.append_data(&mut header, name, from)
}
