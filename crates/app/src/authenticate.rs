//! Who stands behind a credential. Every failure looks the same from outside.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::RwLock;

use secrecy::{ExposeSecret, SecretString};
use vaultpilot_audit::{Action, Actor, Outcome};
use vaultpilot_core::{Caller, CallerKind, KeyId, Role, Tenant, TenantId, TenantName, Timestamp};
use vaultpilot_ports::Fault;
use vaultpilot_ports::store::{ApiKey, SecretHash};

use crate::App;
use crate::api_key::is_well_formed;
use crate::error::OrFault;
use crate::feed::Version;

/// Keys and tenants met before. A change of the tenant forgets them; expiry is checked at every use.
#[derive(Default)]
pub(crate) struct KnownKeys {
    keys: RwLock<HashMap<TenantId, Known>>,
    tenants: RwLock<HashMap<TenantName, TenantId>>,
}

struct Known {
    /// What these were read at.
    version: Version,
    keys: HashMap<SecretHash, ApiKey>,
}

impl KnownKeys {
    fn key(&self, version: Version, tenant: TenantId, hash: &SecretHash) -> Option<ApiKey> {
        let known = self.keys.read().ok()?;
        let known = known
            .get(&tenant)
            .filter(|known| known.version == version)?;
        known.keys.get(hash).cloned()
    }

    fn key_by_id(&self, version: Version, tenant: TenantId, id: KeyId) -> Option<ApiKey> {
        let known = self.keys.read().ok()?;
        let known = known
            .get(&tenant)
            .filter(|known| known.version == version)?;
        known.keys.values().find(|key| key.id == id).cloned()
    }

    /// Remembers a key that was read when the version was this.
    fn remember(&self, version: Version, tenant: TenantId, key: &ApiKey) {
        let Ok(mut known) = self.keys.write() else {
            return;
        };
        let fresh = || Known {
            version,
            keys: HashMap::new(),
        };
        let known = known.entry(tenant).or_insert_with(fresh);
        if known.version != version {
            *known = fresh();
        }
        known.keys.insert(key.hash, key.clone());
    }
}

impl App {
    pub(crate) async fn tenant_named(&self, name: &TenantName) -> Result<Option<Tenant>, Fault> {
        self.store.tenant_find(name).await.fault()
    }

    /// The id never changes once a name has it, so it may be remembered for ever.
    async fn tenant_id(&self, name: &TenantName) -> Result<Option<TenantId>, Fault> {
        let known = self.keys.tenants.read().ok();
        if let Some(id) = known.and_then(|tenants| tenants.get(name).copied()) {
            return Ok(Some(id));
        }
        let found = self.tenant_named(name).await?.map(|tenant| tenant.id);
        if let (Some(id), Ok(mut tenants)) = (found, self.keys.tenants.write()) {
            tenants.insert(name.clone(), id);
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
        let Some(tenant) = self.tenant_id(tenant).await? else {
            return Err(Fault::Unauthenticated);
        };
        let secret = credential.expose_secret();
        if !is_well_formed(secret) {
            return self.unauthenticated(tenant, "malformed", ip).await;
        }
        let hash = self.pepper.hash_api_key(secret);
        let Some(key) = self.stored_key(tenant, &hash).await? else {
            return self.unauthenticated(tenant, "unknown", ip).await;
        };
        if let Some(why) = why_invalid(&key, self.now()) {
            return self.unauthenticated(tenant, why, ip).await;
        }
        Ok(caller(tenant, &key, ip))
    }

    /// Whether the key of a caller that authenticated a moment ago is still good. Costs nothing as
    /// long as nothing of the tenant changed.
    ///
    /// # Errors
    /// `Unauthenticated` when it was revoked or is over, and for a caller without a key.
    pub async fn authenticated_still(&self, caller: &Caller) -> Result<(), Fault> {
        let Some(id) = caller.key() else {
            return Err(Fault::Unauthenticated);
        };
        let version = self.feed.version(caller.tenant);
        let known = version.and_then(|at| self.keys.key_by_id(at, caller.tenant, id));
        let key = match known {
            Some(key) => Some(key),
            None => self.key_listed(caller.tenant, id, version).await?,
        };
        match key {
            Some(key) if why_invalid(&key, self.now()).is_none() => Ok(()),
            _ => Err(Fault::Unauthenticated),
        }
    }

    async fn key_listed(
        &self,
        tenant: TenantId,
        id: KeyId,
        version: Option<Version>,
    ) -> Result<Option<ApiKey>, Fault> {
        let mut tx = self.store.read(tenant).await.fault()?;
        let keys = tx.api_key_list().await.fault()?;
        let found = keys.into_iter().find(|key| key.id == id);
        if let (Some(key), Some(version)) = (&found, version) {
            self.keys.remember(version, tenant, key);
        }
        Ok(found)
    }

    async fn stored_key(
        &self,
        tenant: TenantId,
        hash: &SecretHash,
    ) -> Result<Option<ApiKey>, Fault> {
        let version = self.feed.version(tenant);
        if let Some(known) = version.and_then(|at| self.keys.key(at, tenant, hash)) {
            return Ok(Some(known));
        }
        let found = self
            .store
            .read(tenant)
            .await
            .fault()?
            .api_key_find(hash)
            .await
            .fault()?;
        if let (Some(key), Some(version)) = (&found, version) {
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
