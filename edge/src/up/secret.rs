//! The house's own secret bytes: made at the first start, read at every other.

use std::path::Path;

use vaultpilot_control_api::house;
use vaultpilot_core::Entropy;
use zeroize::Zeroizing;

use super::StartError;
use crate::failure::Failure;
use crate::private;

const PEPPER: &str = "pepper";

/// What hashes of API keys and codes are made with, and what tells the house's own key-encryption
/// keys from others.
///
/// # Errors
/// When the file cannot be read or written, or is not what was written once.
pub(crate) fn pepper(
    data_dir: &Path,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let path = data_dir.join(PEPPER);
    if !path.exists() {
        let mut bytes = Zeroizing::new([0u8; 32]);
        entropy.fill(bytes.as_mut_slice());
        let text = Zeroizing::new(hex::encode(bytes.as_slice()));
        private::write(&path, &text).map_err(|source| Failure::Write { path, source })?;
        return Ok(bytes);
    }
    let bytes = house::secret::bytes(&path).map_err(StartError::Secret)?;
    Ok(Zeroizing::new(bytes))
}
