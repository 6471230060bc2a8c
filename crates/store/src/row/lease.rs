//! A lease as a row.

use diesel::prelude::*;
use vaultpilot_ports::store::Lease;

use crate::cell::{address, nanos};
use crate::schema::leases;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = leases)]
pub(crate) struct LeaseRow {
    pub(crate) chain: String,
    pub(crate) address: String,
    pub(crate) holder: String,
    pub(crate) epoch: i64,
    pub(crate) expires_at: i64,
}

impl LeaseRow {
    pub(crate) fn write(lease: &Lease) -> Self {
        Self {
            chain: lease.chain.to_string(),
            address: address(lease.address),
            holder: lease.holder.clone(),
            epoch: lease.epoch,
            expires_at: nanos(lease.expires_at),
        }
    }

    /// Whether it is the lease somebody says it holds.
    pub(crate) fn is(&self, lease: &Lease) -> bool {
        self.epoch == lease.epoch && self.holder == lease.holder
    }
}
