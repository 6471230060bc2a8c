//! The house's own secret bytes: made at the first start, read at every other.

use std::path::Path;

use vaultpilot_app::Pepper;
use vaultpilot_core::Entropy;

use crate::failure::Failure;
use crate::private;

const PEPPER: &str = "pepper";

/// What hashes of API keys and codes are made with.
///
/// # Errors
/// When the file cannot be read or written, or is not what was written once.
pub(crate) fn pepper(data_dir: &Path, entropy: &dyn Entropy) -> Result<Pepper, Failure> {
    let path = data_dir.join(PEPPER);
    if !path.exists() {
        let mut bytes = [0u8; 32];
        entropy.fill(&mut bytes);
        let text: String = bytes
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        private::write(&path, &text).map_err(|source| Failure::Write { path, source })?;
        return Ok(Pepper::new(bytes));
    }
    let text = std::fs::read_to_string(&path).map_err(|source| Failure::Read {
        path: path.clone(),
        source,
    })?;
    let bytes = from_hex(text.trim()).ok_or_else(|| {
        let source = std::io::Error::new(std::io::ErrorKind::InvalidData, "not 64 hex digits");
        Failure::Read { path, source }
    })?;
    Ok(Pepper::new(bytes))
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0u8; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
    }
    Some(bytes)
}
