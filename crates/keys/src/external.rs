//! The envelope of a key that lives elsewhere, and the word of the house that it took note of it.
//!
//! Nothing in such an envelope is sealed: without that word, whoever writes the database could point a
//! wallet at a key of his own choice. There is one spelling.

use serde::{Deserialize, Serialize};
use vaultpilot_ports::keys::{KeyContext, KeyError};

use crate::KekMac;

const VERSION: u32 = 1;

/// Far above any envelope of a provider, twice for its digits.
const MAX_BYTES: usize = 16 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    vouched: u32,
    /// The provider's own envelope.
    #[serde(with = "hex::serde")]
    external: Vec<u8>,
    #[serde(with = "hex::serde")]
    mac: [u8; 32],
}

/// The provider's envelope with the word of the house.
pub(crate) fn vouched(mac: &KekMac, context: &KeyContext, external: Vec<u8>) -> Vec<u8> {
    print(&Form {
        vouched: VERSION,
        mac: mac.over_external(context, &external),
        external,
    })
}

/// The provider's envelope.
///
/// # Errors
/// `NotUnwrapped` when the house did not take note of it for this wallet.
pub(crate) fn read(mac: &KekMac, context: &KeyContext, bytes: &[u8]) -> Result<Vec<u8>, KeyError> {
    if bytes.len() > MAX_BYTES {
        return Err(KeyError::NotUnwrapped);
    }
    let form: Form = serde_json::from_slice(bytes).map_err(|_| KeyError::NotUnwrapped)?;
    if form.vouched != VERSION || print(&form) != bytes {
        return Err(KeyError::NotUnwrapped);
    }
    mac.admit_external(context, &form.external, &form.mac)?;
    Ok(form.external)
}

fn print(form: &Form) -> Vec<u8> {
    serde_json::to_vec(form).expect("text and integers always serialise")
}
