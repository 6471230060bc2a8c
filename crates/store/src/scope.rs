//! Whose rows a query may touch.

use std::sync::Arc;

use vaultpilot_core::TenantId;
use vaultpilot_ports::store::StoreError;

/// The tenant of a unit of work. Every query of a tenant's rows takes one, and nothing else says
/// whose rows they are.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    tenant: TenantId,
    key: Arc<str>,
}

impl Scope {
    pub(crate) fn new(tenant: TenantId) -> Self {
        Self {
            tenant,
            key: tenant.to_string().into(),
        }
    }

    pub(crate) const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// As it stands in `tenant_id`.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Refuses what is another tenant's, as if it were not there.
    pub(crate) fn own(&self, tenant: TenantId) -> Result<(), StoreError> {
        if tenant == self.tenant {
            Ok(())
        } else {
            Err(StoreError::Conflict { what: "tenant" })
        }
    }
}
