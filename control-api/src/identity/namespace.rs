//! Which tenant a namespace belongs to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use vaultpilot_core::{Clock, Duration, TenantId, TenantName, Timestamp, clock};
use vaultpilot_ports::{Store, StoreError};

/// How long an answer is remembered. A namespace changes hands only when its tenant was archived.
const REMEMBERED: Duration = Duration::from_secs(5);

/// The tenant a pod runs for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenancy {
    pub id: TenantId,
    pub name: TenantName,
}

/// Asks the record whose a namespace is, and remembers it for a moment.
pub struct KnownNamespaces {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    known: Mutex<HashMap<String, (Tenancy, Timestamp)>>,
}

impl KnownNamespaces {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            known: Mutex::default(),
        }
    }

    /// The tenant whose pods run here; `None` where no tenant's do. Only what exists is remembered,
    /// so this grows no larger than the cluster.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn tenant(&self, namespace: &str) -> Result<Option<Tenancy>, StoreError> {
        let now = self.clock.now();
        if let Ok(known) = self.known.lock()
            && let Some((tenancy, until)) = known.get(namespace)
            && *until > now
        {
            return Ok(Some(tenancy.clone()));
        }
        let found = self.store.tenant_find_by_namespace(namespace).await?;
        let found = found.map(|tenant| Tenancy {
            id: tenant.id,
            name: tenant.name,
        });
        if let Ok(mut known) = self.known.lock() {
            match &found {
                Some(tenancy) => {
                    let until = clock::after(now, REMEMBERED);
                    known.insert(namespace.to_owned(), (tenancy.clone(), until));
                }
                None => {
                    known.remove(namespace);
                }
            }
        }
        Ok(found)
    }
}
