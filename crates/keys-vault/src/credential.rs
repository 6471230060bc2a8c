//! Secrets in files: tokens, secret ids.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use vaultpilot_ports::keys::KeyError;
use zeroize::Zeroizing;

/// Longer than any token, also than one of a `ServiceAccount`.
const LONGEST: usize = 16 * 1024;

/// What is in the file, without the white space around it. Read anew each time: whoever keeps the
/// file exchanges what is in it.
pub(crate) async fn read(path: &Path) -> Result<SecretString, KeyError> {
    let path = path.to_path_buf();
    let read = tokio::task::spawn_blocking(move || read_now(&path)).await;
    read.unwrap_or_else(|_| {
        Err(KeyError::Unavailable {
            detail: "the file of a credential was not read".to_owned(),
        })
    })
}

fn read_now(path: &PathBuf) -> Result<SecretString, KeyError> {
    let unusable = |why: &str| KeyError::Unavailable {
        detail: format!("credential for vault in {} {why}", path.display()),
    };
    let failed = |error: io::Error| unusable(&format!("cannot be read: {}", error.kind()));
    // Opening what is no file, a pipe say, could wait for ever.
    let is_file = std::fs::metadata(path).map_err(failed)?.is_file();
    if !is_file {
        return Err(unusable("is no regular file"));
    }
    let file = File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(unusable("is no regular file"));
    }
    // With room from the start: what grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let limit = LONGEST as u64 + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > LONGEST {
        return Err(unusable("is too long"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| unusable("is no text"))?;
    match text.trim() {
        "" => Err(unusable("is empty")),
        text => Ok(SecretString::from(text)),
    }
}

#[cfg(test)]
mod tests;
