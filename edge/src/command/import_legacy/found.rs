//! What the old files say.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use vaultpilot_legacy::policy::{self, MAX_POLICY, RateLimits};
use vaultpilot_legacy::store::{self, MAX_STORE};
use vaultpilot_legacy::{Found, Strategy, Wallet, database};

use super::fernet_key::{FernetKeys, gather};
use super::{LegacyArgs, LegacyError};
use crate::command::Context;

/// Everything that is there, and what opens it.
pub(super) struct Legacy {
    pub wallets: Vec<Found<Wallet>>,
    pub strategies: Vec<Found<Strategy>>,
    /// `None` when there is no wallet to open.
    pub keys: Option<FernetKeys>,
    pub limits: Option<RateLimits>,
    /// How many events stay behind.
    pub events: u64,
}

pub(super) fn read(args: &LegacyArgs, ctx: &Context) -> Result<Legacy, LegacyError> {
    let mut legacy = Legacy {
        wallets: Vec::new(),
        strategies: Vec::new(),
        keys: None,
        limits: None,
        events: 0,
    };
    if let Some(path) = &args.stores.database {
        let contents = database::read(path, args.tenant_of.as_deref());
        let contents = contents.map_err(|source| LegacyError::Database {
            path: path.clone(),
            source,
        })?;
        legacy.wallets = contents.wallets;
        legacy.strategies = contents.strategies;
        legacy.events = contents.events;
    }
    if let Some(path) = &args.stores.wallet_store {
        legacy.wallets = store::wallets(&text(path, MAX_STORE)?).map_err(in_store(path))?;
    }
    if let Some(path) = &args.stores.strategy_store {
        legacy.strategies = store::strategies(&text(path, MAX_STORE)?).map_err(in_store(path))?;
    }
    if let Some(path) = &args.policy {
        let limits = policy::read(&text(path, MAX_POLICY)?);
        legacy.limits = Some(limits.map_err(|source| LegacyError::Policy {
            path: path.clone(),
            source,
        })?);
    }
    let with_keys = args.stores.wallet_store.as_ref();
    let with_keys = with_keys.or(args.stores.database.as_ref());
    if let Some(path) = with_keys.filter(|_| !legacy.wallets.is_empty()) {
        legacy.keys = Some(gather(args, ctx, path)?);
    }
    Ok(legacy)
}

fn in_store(path: &Path) -> impl FnOnce(store::StoreError) -> LegacyError {
    let path = path.to_owned();
    move |source| LegacyError::Store { path, source }
}

/// Reads a file, one byte more than it may have at most.
fn text(path: &PathBuf, max: usize) -> Result<String, LegacyError> {
    let failed = |source| LegacyError::Read {
        path: path.clone(),
        source,
    };
    let max = u64::try_from(max).unwrap_or(u64::MAX);
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(max.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    let text = String::from_utf8(bytes).ok();
    text.filter(|text| u64::try_from(text.len()).is_ok_and(|length| length <= max))
        .ok_or_else(|| LegacyError::NotText {
            path: path.clone(),
            max,
        })
}
