//! A tenant's policies, compiled once and shared by every judgement until they change.
//!
//! Whoever judges holds `Snapshots::judging` until its transaction has committed; whoever changes a
//! policy holds `Snapshots::changing` from its first statement until the new set is in place. So a
//! payment is judged by the policies that are in force when it commits.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use vaultpilot_core::{Asset, TenantId, Token};
use vaultpilot_policy::{Policy, PolicySet};
use vaultpilot_ports::store::PolicyRecord;
use vaultpilot_ports::{Fault, Store, StoreError};

use crate::error::OrFault;

type Sets = HashMap<TenantId, Arc<PolicySet>>;

#[derive(Default)]
pub(crate) struct Snapshots(RwLock<Sets>);

/// The policies in force, for as long as this is held.
pub(crate) struct Judging<'a> {
    set: Arc<PolicySet>,
    _held: RwLockReadGuard<'a, Sets>,
}

impl std::ops::Deref for Judging<'_> {
    type Target = PolicySet;

    fn deref(&self) -> &PolicySet {
        &self.set
    }
}

/// The right to change a tenant's policies.
pub(crate) struct Changing<'a>(RwLockWriteGuard<'a, Sets>);

impl Changing<'_> {
    /// Forgets the tenant's set: the next judgement compiles what is stored.
    pub(crate) fn changed(mut self, tenant: TenantId) {
        self.0.remove(&tenant);
    }
}

impl Snapshots {
    pub(crate) async fn judging(
        &self,
        store: &dyn Store,
        tenant: TenantId,
    ) -> Result<Judging<'_>, Fault> {
        let held = self.0.read().await;
        if let Some(set) = held.get(&tenant) {
            return Ok(Judging {
                set: Arc::clone(set),
                _held: held,
            });
        }
        drop(held);
        let mut changing = self.0.write().await;
        let set = match changing.entry(tenant) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(place) => {
                Arc::clone(place.insert(Arc::new(load(store, tenant).await.fault()?)))
            }
        };
        Ok(Judging {
            set,
            _held: RwLockWriteGuard::downgrade(changing),
        })
    }

    pub(crate) async fn changing(&self) -> Changing<'_> {
        Changing(self.0.write().await)
    }
}

async fn load(store: &dyn Store, tenant: TenantId) -> Result<PolicySet, StoreError> {
    let records = store.read(tenant).await?.policy_list().await?;
    records
        .iter()
        .map(compile)
        .collect::<Result<Vec<_>, _>>()
        .map(PolicySet::new)
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
