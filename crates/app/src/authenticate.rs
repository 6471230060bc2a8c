//! Who stands behind a credential. Every failure looks the same from outside.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::RwLock;

use secrecy::{ExposeSecret, SecretString};
use vaultpilot_audit::{Action, Actor, Outcome};
use vaultpilot_core::{Caller, CallerKind, Role, Tenant, TenantId, TenantName, Timestamp};
use vaultpilot_ports::Fault;
use vaultpilot_ports::store::{ApiKey, SecretHash};

use crate::App;
use crate::api_key::is_well_formed;
use crate::error::OrFault;

/// Keys met before. A revocation forgets them; expiry is checked at every use.
#[derive(Default)]
pub(crate) struct KnownKeys {
    keys: RwLock<Known>,
    tenants: RwLock<HashMap<TenantName, Tenant>>,
}

#[derive(Default)]
struct Known {
    /// How often everything was forgotten.
    version: u64,
    keys: HashMap<(TenantId, SecretHash), ApiKey>,
}

impl KnownKeys {
    pub(crate) fn forget(&self) {
        if let Ok(mut known) = self.keys.write() {
            known.version = known.version.wrapping_add(1);
            known.keys.clear();
        }
    }

    /// The key, if it is known, and the version to remember it under if it is not.
    fn key(&self, tenant: TenantId, hash: &SecretHash) -> (Option<ApiKey>, u64) {
        let known = self.keys.read().ok();
        let key = known
            .as_ref()
            .and_then(|known| known.keys.get(&(tenant, *hash)).cloned());
        (key, known.map_or(u64::MAX, |known| known.version))
    }

    /// Remembers a key read at this version; not when a key was revoked meanwhile.
    fn remember(&self, version: u64, tenant: TenantId, key: &ApiKey) {
        if let Ok(mut known) = self.keys.write()
            && known.version == version
        {
            known.keys.insert((tenant, key.hash), key.clone());
        }
    }
}

impl App {
    pub(crate) async fn tenant_named(&self, name: &TenantName) -> Result<Option<Tenant>, Fault> {
        let known = self
            .keys
            .tenants
            .read()
            .ok()
            .and_then(|tenants| tenants.get(name).cloned());
        if known.is_some() {
            return Ok(known);
        }
        let found = self.store.tenant_find(name).await.fault()?;
        if let (Some(tenant), Ok(mut tenants)) = (&found, self.keys.tenants.write()) {
            tenants.insert(name.clone(), tenant.clone());
        }
        Ok(found)
    }

    /// The caller a key stands for, in this tenant.
    ///
    /// # Errors
    /// `Unauthenticated`, whatever is wrong with it; `Unavailable` when the store does not answer.
    pub async fn authenticate_key(
        &self,
        tenant: &TenantName,
        credential: &SecretString,
        ip: Option<IpAddr>,
    ) -> Result<Caller, Fault> {
        let Some(tenant) = self.tenant_named(tenant).await? else {
            return Err(Fault::Unauthenticated);
        };
        let secret = credential.expose_secret();
        if !is_well_formed(secret) {
            return self.unauthenticated(tenant.id, "malformed", ip).await;
        }
        let hash = self.pepper.hash_api_key(secret);
        let Some(key) = self.stored_key(tenant.id, &hash).await? else {
            return self.unauthenticated(tenant.id, "unknown", ip).await;
        };
        if let Some(why) = why_invalid(&key, self.now()) {
            return self.unauthenticated(tenant.id, why, ip).await;
        }
        Ok(caller(tenant.id, &key, ip))
    }

    async fn stored_key(
        &self,
        tenant: TenantId,
        hash: &SecretHash,
    ) -> Result<Option<ApiKey>, Fault> {
        let (known, version) = self.keys.key(tenant, hash);
        if known.is_some() {
            return Ok(known);
        }
        let found = self
            .store
            .read(tenant)
            .await
            .fault()?
            .api_key_find(hash)
            .await
            .fault()?;
        if let Some(key) = &found {
            self.keys.remember(version, tenant, key);
        }
        Ok(found)
    }

    async fn unauthenticated(
        &self,
        tenant: TenantId,
        why: &str,
        ip: Option<IpAddr>,
    ) -> Result<Caller, Fault> {
        let action = Action::AuthenticationFailed;
        let draft = self
            .draft_by(Actor::Unknown, action, Outcome::Denied)
            .fact("why", why);
        let draft = ip.map_or(draft.clone(), |ip| draft.fact("ip", ip));
        self.audit(tenant, draft).await?;
        Err(Fault::Unauthenticated)
    }
}

fn why_invalid(key: &ApiKey, now: Timestamp) -> Option<&'static str> {
    if key.revoked_at.is_some() {
        return Some("revoked");
    }
    key.expires_at
        .is_some_and(|at| at <= now)
        .then_some("expired")
}

fn caller(tenant: TenantId, key: &ApiKey, ip: Option<IpAddr>) -> Caller {
    let kind = match key.role {
        Role::Agent => CallerKind::Agent {
            key: key.id,
            name: key.name.clone(),
        },
        Role::Owner | Role::Approver | Role::Viewer => CallerKind::Person {
            key: key.id,
            name: key.name.clone(),
        },
    };
    Caller {
        tenant,
        kind,
        role: key.role,
        scopes: key.scopes.clone(),
        ip,
    }
}
