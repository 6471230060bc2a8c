//! The key file's text: the root itself, or the root sealed under a passphrase.
//!
//! With a passphrase the root is random all the same and sealed under what argon2id makes of the
//! passphrase: the passphrase can be changed without touching a wallet, and the seal's tag is what
//! tells a wrong one. Buffers that ever hold the root as text are erased.

use std::path::Path;

use serde::{Deserialize, Serialize};
use vaultpilot_core::Entropy;
use zeroize::Zeroizing;

use super::passphrase::{self, Cost, SALT};
use super::{Lock, RootError, RootId};
use crate::cipher::{self, NONCE, NotOpened, SEALED, Sealed};
use crate::derive;
use vaultpilot_secret::Secret;

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form<'a> {
    version: u32,
    /// Tells a damaged root from another one.
    root: &'a str,
    /// Hexadecimal; borrowed from the erased buffer, never copied.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    argon2id: Option<Locked>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Locked {
    cost: Cost,
    #[serde(with = "hex::serde")]
    salt: [u8; SALT],
    #[serde(with = "hex::serde")]
    nonce: [u8; NONCE],
    #[serde(with = "hex::serde")]
    sealed: [u8; SEALED],
}

pub(super) fn write(
    root: &Secret,
    lock: Lock<'_>,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<Vec<u8>>, RootError> {
    let id = RootId(derive::root_id(root)).to_string();
    let mut form = Form {
        version: VERSION,
        root: &id,
        key: None,
        argon2id: None,
    };
    let mut digits = Zeroizing::new([0u8; 2 * Secret::LEN]);
    match lock {
        Lock::File => {
            form.key = Some(spell(root, &mut digits));
        }
        Lock::Passphrase { phrase, cost } => {
            passphrase::demand_strength(phrase)?;
            let mut salt = [0; SALT];
            entropy.fill(&mut salt);
            let key = passphrase::stretch(phrase, &salt, cost)?;
            let sealed = cipher::seal(&key, &aad(&id, cost), root, entropy);
            let Sealed { nonce, bytes } = sealed;
            form.argon2id = Some(Locked {
                cost,
                salt,
                nonce,
                sealed: bytes,
            });
        }
    }
    Ok(print(&form))
}

fn spell<'a>(root: &Secret, digits: &'a mut [u8; 2 * Secret::LEN]) -> &'a str {
    hex::encode_to_slice(root.bytes(), digits).expect("two digits for each byte");
    std::str::from_utf8(digits).expect("digits are ASCII")
}

fn print(form: &Form<'_>) -> Zeroizing<Vec<u8>> {
    // Large enough from the start: a growing buffer would leave copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(1024));
    serde_json::to_writer_pretty(&mut *text, form).expect("text and integers always serialise");
    text.push(b'\n');
    text
}

pub(super) fn read(text: &[u8], lock: Lock<'_>, path: &Path) -> Result<Secret, RootError> {
    let unreadable = || RootError::Unreadable {
        path: path.to_owned(),
    };
    let form: Form<'_> = serde_json::from_slice(text).map_err(|_| unreadable())?;
    if form.version != VERSION {
        return Err(unreadable());
    }
    let root = match (form.key, form.argon2id, lock) {
        (Some(digits), None, Lock::File) => {
            let mut root = Secret::empty();
            hex::decode_to_slice(digits, root.bytes_mut()).map_err(|_| unreadable())?;
            root
        }
        (None, Some(locked), Lock::Passphrase { phrase, .. }) => {
            let Locked {
                cost,
                salt,
                nonce,
                sealed,
            } = locked;
            let key = passphrase::stretch(phrase, &salt, cost)?;
            let sealed = Sealed {
                nonce,
                bytes: sealed,
            };
            cipher::open(&key, &aad(form.root, cost), &sealed).map_err(|NotOpened| {
                RootError::WrongPassphrase {
                    path: path.to_owned(),
                }
            })?
        }
        (None, Some(_), Lock::File) => {
            return Err(RootError::PassphraseNeeded {
                path: path.to_owned(),
            });
        }
        (Some(_), None, Lock::Passphrase { .. }) => {
            return Err(RootError::PassphraseUnused {
                path: path.to_owned(),
            });
        }
        (None, None, _) | (Some(_), Some(_), _) => return Err(unreadable()),
    };
    // A flipped bit would be another root, which unwraps nothing and wraps what nobody finds again.
    let intact = form.root == RootId(derive::root_id(&root)).to_string();
    if intact { Ok(root) } else { Err(unreadable()) }
}

fn aad(id: &str, cost: Cost) -> String {
    let Cost {
        memory_kib,
        passes,
        lanes,
    } = cost;
    format!("vaultpilot/keys/v{VERSION}/root|{id}|argon2id|{memory_kib}|{passes}|{lanes}")
}
