//! The key that the old wallets lie under. It may be in three places, and the predecessor took the
//! file beside the store when the one in the environment was wrong: all of them are tried.

use std::path::{Path, PathBuf};

use vaultpilot_legacy::fernet::FernetKey;

use super::{LegacyArgs, LegacyError};
use crate::command::Context;
use crate::command::wallet::import::secret_text;

const VARIABLE: &str = "ENCRYPT_KEY";

pub(super) struct FernetKeys {
    pub keys: Vec<FernetKey>,
    /// Where each is from.
    pub origins: Vec<String>,
    /// Places that hold something which is no key.
    pub unusable: Vec<String>,
}

/// In the order they are tried.
pub(super) fn gather(
    args: &LegacyArgs,
    ctx: &Context,
    store: &Path,
) -> Result<FernetKeys, LegacyError> {
    let mut found = FernetKeys {
        keys: Vec::new(),
        origins: Vec::new(),
        unusable: Vec::new(),
    };
    if let Some(path) = &args.fernet_key_file {
        let text = secret_text(path).map_err(|_| LegacyError::NotAFernetKey { path: path.clone() });
        let key = FernetKey::parse(&text?);
        let key = key.map_err(|_| LegacyError::NotAFernetKey { path: path.clone() })?;
        found.add(Some(key), path.display().to_string());
    }
    if let Some(text) = ctx.env.get(VARIABLE) {
        found.add(FernetKey::parse(text).ok(), VARIABLE.to_owned());
    }
    let beside = sidecar(store);
    if beside.is_file() {
        let key = secret_text(&beside).ok();
        let key = key.and_then(|text| FernetKey::parse(&text).ok());
        found.add(key, beside.display().to_string());
    }
    if found.keys.is_empty() {
        let mut looked = vec!["--fernet-key-file".to_owned(), VARIABLE.to_owned()];
        looked.push(beside.display().to_string());
        return Err(LegacyError::NoFernetKey { looked });
    }
    Ok(found)
}

impl FernetKeys {
    fn add(&mut self, key: Option<FernetKey>, origin: String) {
        match key {
            Some(key) => {
                self.keys.push(key);
                self.origins.push(origin);
            }
            None => self.unusable.push(origin),
        }
    }
}

/// `<store without its ending>.key`
fn sidecar(store: &Path) -> PathBuf {
    store.with_extension("key")
}
