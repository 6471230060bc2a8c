//! A key from a passphrase: argon2id.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

use super::RootError;
use vaultpilot_secret::Secret;

pub(crate) const SALT: usize = 16;

/// Short enough to type, long enough that guessing costs more than the wallets hold.
pub(crate) const MIN_CHARACTERS: usize = 12;

/// What one guess costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for Cost {
    /// 64 MiB, 3 passes, 1 lane: RFC 9106's second choice with one lane, under a second.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

impl Cost {
    /// Bounded below, or a guess is cheap; and above, or an altered file exhausts the machine.
    fn params(self) -> Result<Params, RootError> {
        let fits = (19 * 1024..=1024 * 1024).contains(&self.memory_kib)
            && (2..=64).contains(&self.passes)
            && (1..=16).contains(&self.lanes);
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(Secret::LEN));
        params.ok().filter(|_| fits).ok_or(RootError::Cost)
    }
}

/// # Errors
/// `WeakPassphrase` for one nobody should start with.
pub(crate) fn demand_strength(phrase: &SecretString) -> Result<(), RootError> {
    let long_enough = phrase.expose_secret().chars().count() >= MIN_CHARACTERS;
    if long_enough {
        Ok(())
    } else {
        Err(RootError::WeakPassphrase)
    }
}

/// Takes about a second of CPU and the cost's memory, which is erased afterwards.
pub(crate) fn stretch(
    phrase: &SecretString,
    salt: &[u8; SALT],
    cost: Cost,
) -> Result<Secret, RootError> {
    let params = cost.params()?;
    let mut memory = vec![Block::default(); params.block_count()];
    let mut key = Secret::empty();
    let stretched = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(
            phrase.expose_secret().as_bytes(),
            salt,
            key.bytes_mut(),
            &mut memory,
        );
    memory.iter_mut().for_each(Block::zeroize);
    stretched.map(|()| key).map_err(|_| RootError::Cost)
}
