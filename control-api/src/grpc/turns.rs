//! How many calls at once: of everybody, and of one tenant. One tenant alone never fills the house.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vaultpilot_core::TenantId;
use vaultpilot_ports::Fault;

/// The least one tenant may have, however small the house.
const LEAST: usize = 4;

pub(super) struct Turns {
    all: Arc<Semaphore>,
    each: usize,
    tenants: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
}

/// Held while a call is under way.
pub(super) struct Turn {
    _all: OwnedSemaphorePermit,
    _tenant: Option<OwnedSemaphorePermit>,
}

impl Turns {
    pub(super) fn new(most: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(most)),
            each: (most / 4).max(LEAST).min(most),
            tenants: Mutex::default(),
        }
    }

    /// A turn at once, or none: who waits here waits with a deadline of its own running.
    pub(super) fn take(&self, tenant: Option<TenantId>) -> Result<Turn, Fault> {
        let busy = |message: &str| Fault::unavailable("too_many_calls", message);
        let all = Arc::clone(&self.all).try_acquire_owned();
        let all = all.map_err(|_| busy("the control plane has as many calls as it takes"))?;
        let Some(tenant) = tenant else {
            return Ok(Turn {
                _all: all,
                _tenant: None,
            });
        };
        let own = self.tenant(tenant).try_acquire_owned();
        let own = own.map_err(|_| busy("this tenant has as many calls under way as it may"))?;
        Ok(Turn {
            _all: all,
            _tenant: Some(own),
        })
    }

    fn tenant(&self, tenant: TenantId) -> Arc<Semaphore> {
        let fresh = || Arc::new(Semaphore::new(self.each));
        // Only tenants on record come so far: this grows no larger than their number.
        match self.tenants.lock() {
            Ok(mut tenants) => Arc::clone(tenants.entry(tenant).or_insert_with(fresh)),
            Err(_) => fresh(),
        }
    }
}

#[cfg(test)]
mod tests;
