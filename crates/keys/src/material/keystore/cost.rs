//! What it costs to try a password, bounded: a hostile file exhausts nothing.

use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use vaultpilot_secret::Secret;

use super::KeystoreError;
use super::form::Kdf;

/// What scrypt may take: the standard cost of geth, 2^18 blocks of 1 KiB, is 256 MiB.
const MAX_MEMORY: u64 = 256 << 20;
/// Mixed blocks over all lanes; the standard cost of geth is 2^21.
const MAX_WORK: u64 = 1 << 24;
const MAX_ITERATIONS: u64 = 10_000_000;
const MAX_SALT: usize = 256;

/// The cost of a keystore that is written: scrypt with 2^log blocks of 1 KiB, one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub(super) log_n: u8,
}

impl Cost {
    pub(super) const R: u32 = 8;

    /// Between 2^10 and 2^18; `None` outside.
    pub const fn new(log_n: u8) -> Option<Self> {
        if log_n >= 10 && log_n <= 18 {
            Some(Self { log_n })
        } else {
            None
        }
    }
}

impl Default for Cost {
    /// 2^17, what OWASP recommends: 128 MiB for every guess.
    fn default() -> Self {
        Self { log_n: 17 }
    }
}

impl Kdf {
    /// The 32 bytes of which the first half encrypts and the second one authenticates.
    pub(super) fn key(&self, password: &str) -> Result<Secret, KeystoreError> {
        match self {
            Self::Scrypt {
                dklen,
                n,
                p,
                r,
                salt,
            } => {
                common("scrypt", *dklen, salt)?;
                let params = scrypt_params(*n, *r, *p)?;
                derive_scrypt(password, salt, &params)
            }
            Self::Pbkdf2 {
                c,
                dklen,
                prf,
                salt,
            } => {
                common("pbkdf2", *dklen, salt)?;
                if prf != "hmac-sha256" {
                    return Err(refused("pbkdf2", "only hmac-sha256 is known"));
                }
                let limit = "between 1 and 10 million iterations are";
                let iterations = u32::try_from(*c)
                    .ok()
                    .filter(|c| (1..=MAX_ITERATIONS).contains(&u64::from(*c)))
                    .ok_or(refused("pbkdf2", limit))?;
                let mut key = Secret::empty();
                pbkdf2_hmac::<Sha256>(password.as_bytes(), salt, iterations, key.bytes_mut());
                Ok(key)
            }
        }
    }
}

pub(super) fn derive_scrypt(
    password: &str,
    salt: &[u8],
    params: &scrypt::Params,
) -> Result<Secret, KeystoreError> {
    let mut key = Secret::empty();
    scrypt::scrypt(password.as_bytes(), salt, params, key.bytes_mut())
        .map_err(|_| refused("scrypt", "32 bytes are derived"))?;
    Ok(key)
}

/// Checked before `scrypt::Params` multiplies them.
fn scrypt_params(n: u64, r: u64, p: u64) -> Result<scrypt::Params, KeystoreError> {
    let limit = "n must be a power of two, and at most 256 MiB and 16 lanes are used";
    let refuse = || refused("scrypt", limit);
    let blocks = n.checked_mul(r).ok_or_else(refuse)?;
    let memory = blocks.checked_mul(128).ok_or_else(refuse)?;
    let work = blocks.checked_mul(p).ok_or_else(refuse)?;
    let sane = n.is_power_of_two() && n > 1 && r >= 1 && (1..=16).contains(&p);
    if !sane || memory > MAX_MEMORY || work > MAX_WORK {
        return Err(refuse());
    }
    let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| refuse())?;
    let (r, p) = (u32::try_from(r), u32::try_from(p));
    let (Ok(r), Ok(p)) = (r, p) else {
        return Err(refuse());
    };
    scrypt::Params::new(log_n, r, p).map_err(|_| refuse())
}

fn common(kdf: &'static str, dklen: u64, salt: &[u8]) -> Result<(), KeystoreError> {
    if dklen != 32 {
        return Err(refused(kdf, "dklen must be 32"));
    }
    if salt.len() > MAX_SALT {
        return Err(refused(kdf, "salt must be at most 256 bytes"));
    }
    Ok(())
}

const fn refused(kdf: &'static str, limit: &'static str) -> KeystoreError {
    KeystoreError::Cost { kdf, limit }
}
