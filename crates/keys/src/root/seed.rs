//! A tenant's seed, sealed to a local root: a byte that says the version, and what HPKE made.

use vaultpilot_core::{Entropy, KeyManagement};
use vaultpilot_ports::keys::{KekContext, KeyError, RootSealed};
use vaultpilot_secret::Secret;

use super::RootId;
use super::public::PublicRoot;
use crate::cipher::{NotOpened, SEALED};
use crate::hybrid::{self, PUBLIC, Sealed};

const VERSION: u8 = 2;
const INFO: &str = "vaultpilot/keys/v2/root";

fn aad(context: &KekContext, root: RootId) -> String {
    let KekContext { tenant, version } = context;
    format!("{tenant}|{version}|{root}")
}

/// # Errors
/// `Provider` when the tenant chose another root than the house's own.
pub(super) fn demand_local(management: &KeyManagement) -> Result<(), KeyError> {
    match management {
        KeyManagement::Local => Ok(()),
        other => Err(KeyError::Provider {
            expected: KeyManagement::Local.provider().to_owned(),
            found: other.provider().to_owned(),
        }),
    }
}

pub(super) fn seal(
    to: &PublicRoot,
    context: &KekContext,
    seed: &Secret,
    entropy: &dyn Entropy,
) -> Result<RootSealed, KeyError> {
    let aad = aad(context, to.id);
    let sealed =
        hybrid::seal(&to.seals, INFO, &aad, seed, entropy).map_err(|_| KeyError::Unavailable {
            detail: "the public half of the root is none".to_owned(),
        })?;
    Ok(RootSealed {
        root: to.id.to_string(),
        bytes: [&[VERSION][..], &sealed.enc, &sealed.bytes].concat(),
    })
}

pub(super) fn open(
    root: RootId,
    private: &Secret,
    context: &KekContext,
    bytes: &[u8],
) -> Result<Secret, NotOpened> {
    let sealed = read(bytes).ok_or(NotOpened)?;
    hybrid::open(private, INFO, &aad(context, root), &sealed)
}

fn read(bytes: &[u8]) -> Option<Sealed> {
    let rest = bytes.strip_prefix(&[VERSION])?;
    let (enc, rest) = rest.split_first_chunk::<PUBLIC>()?;
    let bytes: &[u8; SEALED] = rest.try_into().ok()?;
    Some(Sealed {
        enc: *enc,
        bytes: *bytes,
    })
}
