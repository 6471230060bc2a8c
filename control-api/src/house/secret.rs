//! Secrets that lie in files: 32 random bytes as hexadecimal digits, and passwords.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use zeroize::Zeroizing;

/// Far above any secret of ours.
const MAX_BYTES: usize = 4096;

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("{} cannot be read", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} does not hold 64 hexadecimal digits", path.display())]
    NotDigits { path: PathBuf },
    #[error("{} holds no password in its first line", path.display())]
    NoPassword { path: PathBuf },
}

/// 32 bytes, from 64 hexadecimal digits.
///
/// # Errors
/// When the file cannot be read or holds anything else.
pub fn bytes(path: &Path) -> Result<[u8; 32], SecretError> {
    let text = read(path)?;
    from_hex(text.trim()).ok_or_else(|| SecretError::NotDigits {
        path: path.to_owned(),
    })
}

/// The first line of a file.
///
/// # Errors
/// When the file cannot be read or the line is empty.
pub fn password(path: &Path) -> Result<SecretString, SecretError> {
    let text = read(path)?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(SecretError::NoPassword {
            path: path.to_owned(),
        });
    }
    Ok(SecretString::from(line))
}

/// The 32 bytes that 64 hexadecimal digits spell.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0u8; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

fn read(path: &Path) -> Result<Zeroizing<String>, SecretError> {
    let failed = |source| SecretError::Read {
        path: path.to_owned(),
        source,
    };
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(failed)?);
    if text.len() > MAX_BYTES {
        return Err(failed(std::io::ErrorKind::FileTooLarge.into()));
    }
    Ok(text)
}
