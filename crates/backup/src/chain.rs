//! The audit chains of a whole store, walked from their first entries.

use std::collections::BTreeMap;

use vaultpilot_audit::{Broken, Head, Verifier};
use vaultpilot_ports::{Store, StoreError};

const PAGE: u32 = 500;

#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    #[error("audit chain of {tenant} is broken")]
    Broken { tenant: String, source: Broken },
    #[error("audit chains cannot be read")]
    Store(#[from] StoreError),
}

/// Where each tenant's chain ends, by the tenant's id.
///
/// # Errors
/// The first entry that does not fit.
pub async fn chains(store: &dyn Store) -> Result<BTreeMap<String, Head>, ChainError> {
    let mut heads = BTreeMap::new();
    for tenant in store.tenant_list().await? {
        let mut view = store.read(tenant.id).await?;
        let mut chain = Verifier::new(tenant.id, Head::GENESIS);
        loop {
            let entries = view.audit_list(chain.head().seq, PAGE).await?;
            for entry in &entries {
                chain.take(entry).map_err(|source| ChainError::Broken {
                    tenant: tenant.name.to_string(),
                    source,
                })?;
            }
            if entries.is_empty() {
                break;
            }
        }
        heads.insert(tenant.id.to_string(), chain.head());
    }
    Ok(heads)
}
