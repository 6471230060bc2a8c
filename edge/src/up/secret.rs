//! The house's own secret bytes: made at the first start, read at every other.

use std::path::Path;

use vaultpilot_app::Pepper;
use vaultpilot_control_api::house;
use vaultpilot_core::Entropy;

use super::StartError;
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
        let text = hex::encode(bytes);
        private::write(&path, &text).map_err(|source| Failure::Write { path, source })?;
        return Ok(Pepper::new(bytes));
    }
    Ok(Pepper::new(
        house::secret::bytes(&path).map_err(StartError::Secret)?,
    ))
}
