//! Opening a backup: every byte is authenticated, every member hashed, nothing more is accepted.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use crate::digest::Digesting;
use crate::{BackupError, FORMAT, Kind, Manifest, Member, Opener};

/// Far above any manifest of ours.
const MAX_MANIFEST: u64 = 64 * 1024 * 1024;

/// Who looks at what is in a backup. What was seen counts only when [`read`] succeeded.
pub trait Visit {
    type Error: From<BackupError>;

    /// # Errors
    /// When this backup is not one it can use.
    fn manifest(&mut self, manifest: &Manifest) -> Result<(), Self::Error>;

    /// # Errors
    /// When it cannot take the member.
    fn member(&mut self, member: &Member, content: &mut dyn Read) -> Result<(), Self::Error>;
}

/// Reads a backup from its first byte to its last.
///
/// # Errors
/// When it is not for this opener, newer than this program, or in any byte not what was written; or
/// what the visitor says.
pub fn read<V: Visit>(path: &Path, opener: &Opener, visit: &mut V) -> Result<Manifest, V::Error> {
    let file = File::open(path).map_err(|source| BackupError::Read {
        path: path.to_owned(),
        source,
    })?;
    let clear = opener.decrypt(BufReader::new(file))?;
    let mut archive = tar::Archive::new(clear);
    let manifest = members(&mut archive, visit)?;
    // The last chunk says that it is the last: what was cut off or added shows here.
    let mut rest = archive.into_inner();
    let mut buffer = [0u8; 16 * 1024];
    loop {
        match rest.read(&mut buffer).map_err(damaged)? {
            0 => return Ok(manifest),
            count if buffer.iter().take(count).all(|byte| *byte == 0) => {}
            _ => return Err(BackupError::damaged("something follows its end").into()),
        }
    }
}

fn members<R: Read, V: Visit>(
    archive: &mut tar::Archive<R>,
    visit: &mut V,
) -> Result<Manifest, V::Error> {
    let mut entries = archive.entries().map_err(damaged)?;
    let first = entries.next().ok_or(BackupError::NotABackup)?;
    let manifest = parse(first.map_err(damaged)?)?;
    visit.manifest(&manifest)?;
    for member in &manifest.members {
        let missing = || BackupError::damaged(format!("{} is missing", member.name));
        let entry = entries.next().ok_or_else(missing)?.map_err(damaged)?;
        named(&entry, &member.name)?;
        let mut content = Digesting::new(entry);
        visit.member(member, &mut content)?;
        let counted = content.finish().map_err(damaged)?;
        if counted.bytes != member.bytes || counted.sha256 != member.sha256 {
            let what = format!("{} is not what the manifest says", member.name);
            return Err(BackupError::damaged(what).into());
        }
        rows(&manifest, member, counted.lines)?;
    }
    if entries.next().is_some() {
        return Err(BackupError::damaged("it holds more than the manifest says").into());
    }
    Ok(manifest)
}

/// All that is understood of a manifest before its format is known.
#[derive(serde::Deserialize)]
struct Version {
    format: u32,
}

fn parse<R: Read>(entry: tar::Entry<'_, R>) -> Result<Manifest, BackupError> {
    named(&entry, "manifest.json")?;
    let mut text = Vec::new();
    let mut limited = entry.take(MAX_MANIFEST);
    limited.read_to_end(&mut text).map_err(damaged)?;
    let Version { format } = serde_json::from_slice(&text).map_err(|_| BackupError::NotABackup)?;
    if format > FORMAT {
        return Err(BackupError::Newer {
            found: format,
            known: FORMAT,
        });
    }
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| BackupError::damaged(format!("manifest.json: {error}")))?;
    if !manifest.is_plain() {
        return Err(BackupError::damaged(
            "manifest.json names what no backup holds",
        ));
    }
    Ok(manifest)
}

/// Only regular files, and only under the name that is due: no entry of an archive is ever a path.
fn named<R: Read>(entry: &tar::Entry<'_, R>, name: &str) -> Result<(), BackupError> {
    let is_file = entry.header().entry_type() == tar::EntryType::Regular;
    if is_file && *entry.path_bytes() == *name.as_bytes() {
        Ok(())
    } else {
        Err(BackupError::damaged(format!(
            "{name} is not where it belongs"
        )))
    }
}

fn rows(manifest: &Manifest, member: &Member, lines: u64) -> Result<(), BackupError> {
    let Kind::Table { table } = &member.kind else {
        return Ok(());
    };
    let mark = manifest.tables.iter().find(|mark| mark.name == *table);
    if mark.is_some_and(|mark| mark.rows == lines) {
        Ok(())
    } else {
        let what = format!("{table} does not hold as many rows as the manifest says");
        Err(BackupError::damaged(what))
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it stands where errors are mapped"
)]
fn damaged(error: io::Error) -> BackupError {
    BackupError::damaged(error.to_string())
}
