//! A tenant's policies, compiled once and shared by every judgement until they change.
//!
//! Whoever moves money takes them from its own transaction: the set of the revision that transaction
//! sees, whoever changed it, in this process or another. Whoever only reads takes what was
//! remembered, as long as nothing is known to have changed.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use vaultpilot_core::{Asset, TenantId, Token};
use vaultpilot_policy::{Policy, PolicySet};
use vaultpilot_ports::store::PolicyRecord;
use vaultpilot_ports::{Fault, ReadTx, StoreError};

use crate::App;
use crate::error::OrFault;
use crate::feed::Version;

#[derive(Default)]
pub(crate) struct Snapshots(RwLock<HashMap<TenantId, Snapshot>>);

#[derive(Clone)]
struct Snapshot {
    revision: u64,
    /// What reads may remember it under.
    version: Option<Version>,
    set: Arc<PolicySet>,
}

impl Snapshots {
    fn get(&self, tenant: TenantId) -> Option<Snapshot> {
        self.0.read().ok()?.get(&tenant).cloned()
    }

    fn put(&self, tenant: TenantId, snapshot: Snapshot) {
        if let Ok(mut known) = self.0.write() {
            known.insert(tenant, snapshot);
        }
    }

    /// The policies in force in this transaction.
    pub(crate) async fn of(
        &self,
        tx: &mut dyn ReadTx,
        tenant: TenantId,
    ) -> Result<Arc<PolicySet>, StoreError> {
        Ok(self.seen(tx, tenant).await?.set)
    }

    async fn seen(&self, tx: &mut dyn ReadTx, tenant: TenantId) -> Result<Snapshot, StoreError> {
        let revision = tx.revision().await?;
        if let Some(known) = self.get(tenant)
            && known.revision == revision
        {
            return Ok(known);
        }
        let records = tx.policy_list().await?;
        let policies = records.iter().map(compile).collect::<Result<Vec<_>, _>>()?;
        // Not remembered here: a transaction may read what it has not committed yet.
        Ok(Snapshot {
            revision,
            version: None,
            set: Arc::new(PolicySet::new(policies)),
        })
    }
}

impl App {
    /// The policies in force, for what moves nothing.
    pub(crate) async fn policies(&self, tenant: TenantId) -> Result<Arc<PolicySet>, Fault> {
        let version = self.feed.version(tenant);
        if let Some(known) = self.snapshots.get(tenant)
            && version.is_some()
            && known.version == version
        {
            return Ok(known.set);
        }
        let mut tx = self.store.read(tenant).await.fault()?;
        let mut seen = self.snapshots.seen(tx.as_mut(), tenant).await.fault()?;
        seen.version = version;
        self.snapshots.put(tenant, seen.clone());
        Ok(seen.set)
    }
}

/// Stored policies compiled when they were applied; one that does not any more stops everything.
fn compile(record: &PolicyRecord) -> Result<Policy, StoreError> {
    let decimals = |asset: Asset| decimals_of(&record.decimals, asset);
    record.document.compile(&decimals).map_err(|error| {
        tracing::error!(policy = %record.name, %error, "stored policy does not compile");
        StoreError::Inconsistent {
            table: "policies",
            column: "document",
            row: record.name.to_string(),
        }
    })
}

pub(crate) fn decimals_of(known: &BTreeMap<Asset, u8>, asset: Asset) -> Option<u8> {
    match asset.token {
        Token::Native => Some(18),
        Token::Erc20(_) => known.get(&asset).copied(),
    }
}
