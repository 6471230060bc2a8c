//! A wallet of the predecessor.

use vaultpilot_core::{Address, parse_address};
use vaultpilot_secret::Secret;

use crate::Problem;
use crate::fernet::{FernetError, FernetKey, MAX_TOKEN};

/// Its private key is still a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    pub agent_id: String,
    pub address: Address,
    pub chain_id: u64,
    pub last_nonce: Option<u64>,
    token: Vec<u8>,
}

impl Wallet {
    pub(crate) fn new(
        agent_id: &str,
        address: &str,
        chain_id: i64,
        last_nonce: Option<i64>,
        token: Vec<u8>,
    ) -> Result<Self, Problem> {
        let address = parse_address(address).map_err(|_| Problem::Address { field: "address" })?;
        let chain_id = u64::try_from(chain_id)
            .ok()
            .filter(|id| *id > 0)
            .ok_or_else(|| Problem::field("chain_id"))?;
        let last_nonce = last_nonce
            .map(u64::try_from)
            .transpose()
            .map_err(|_| Problem::field("last_nonce"))?;
        if token.is_empty() || token.len() > MAX_TOKEN {
            return Err(Problem::NotAToken);
        }
        Ok(Self {
            agent_id: agent_id.to_owned(),
            address,
            chain_id,
            last_nonce,
            token,
        })
    }

    /// The private key, and which of the keys opened it.
    ///
    /// # Errors
    /// Why none does.
    pub fn open(&self, keys: &[FernetKey]) -> Result<(Secret, usize), Problem> {
        for (index, key) in keys.iter().enumerate() {
            let plain = match key.open(&self.token) {
                Ok(plain) => plain,
                Err(FernetError::NotAToken) => return Err(Problem::NotAToken),
                Err(_) => continue,
            };
            let mut secret = Secret::empty();
            if plain.len() != Secret::LEN {
                return Err(Problem::NotAKey);
            }
            secret.bytes_mut().copy_from_slice(&plain);
            return Ok((secret, index));
        }
        let tried = keys.len();
        Err(Problem::WrongKey { tried })
    }
}
