//! What the first start leaves behind, for its owner alone.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use crate::failure::Failure;
use crate::place::{self, owner_key_path};
use crate::private;

/// Makes the data folder, and refuses one that others can enter: it holds keys.
///
/// # Errors
/// When it cannot be made or is not private.
pub fn prepare_data_dir(dir: &Path) -> Result<(), Failure> {
    let failed = |source| Failure::Write {
        path: dir.to_owned(),
        source,
    };
    private::folder(dir).map_err(failed)?;
    if private::is_shared(dir).map_err(failed)? {
        return Err(Failure::Shared {
            path: dir.to_owned(),
        });
    }
    Ok(())
}

/// Keeps the owner's key where the command line looks for it. An earlier one is replaced: whoever
/// makes a new key knows that the old one is lost.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write_owner_key(data_dir: &Path, key: &SecretString) -> Result<(), Failure> {
    let path = owner_key_path(data_dir);
    let line = format!("{}\n", key.expose_secret());
    private::write(&path, &line).map_err(|source| Failure::Write { path, source })
}

/// The owner's key, if it is there.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read_owner_key(data_dir: &Path) -> Result<Option<SecretString>, Failure> {
    let path = owner_key_path(data_dir);
    if !path.exists() {
        return Ok(None);
    }
    place::key_in(&path).map(Some)
}

#[cfg(test)]
mod tests;
