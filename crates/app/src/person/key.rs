//! API keys: made and shown once, listed by prefix, revoked at once.

mod house;
mod origin;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{Caller, KeyId, Label, Permission, Role, Scope, TenantId, clock};
use vaultpilot_ports::Fault;
use vaultpilot_ports::store::ApiKey;

use super::allowed;
use crate::App;
use crate::api_key::KeySecret;
use crate::error::OrFault;

pub(crate) use origin::are_two_people;

/// The longest a key lives: ten years, for a house's own.
const MAX_DAYS: u32 = 3650;

/// The most living keys of a tenant that has no quota of its own.
const MAX_KEYS: u32 = 1000;

/// What a new key shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyCreate {
    pub name: Label,
    pub role: Role,
    /// For agents; `None` means every scope. People have permissions instead.
    #[serde(default)]
    pub scopes: Option<Vec<Scope>>,
    /// `None`: 90 days.
    #[serde(default)]
    pub expires_in_days: Option<u32>,
}

/// A key that was just made. The secret exists here and nowhere else.
pub struct KeyCreated {
    pub key: KeyView,
    pub secret: KeySecret,
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyView {
    pub id: String,
    pub name: String,
    pub role: Role,
    pub scopes: Vec<Scope>,
    pub prefix: String,
    pub created_at: String,
    pub expires_at: Option<String>,
    pub revoked_at: Option<String>,
}

fn view(key: &ApiKey) -> KeyView {
    KeyView {
        id: key.id.to_string(),
        name: key.name.to_string(),
        role: key.role,
        scopes: key.scopes.clone(),
        prefix: key.prefix.clone(),
        created_at: key.created_at.to_string(),
        expires_at: key.expires_at.map(|at| at.to_string()),
        revoked_at: key.revoked_at.map(|at| at.to_string()),
    }
}

impl App {
    /// # Errors
    /// `Forbidden` for who may not; `Conflict` when an unrevoked key of that name exists.
    pub async fn key_create(
        &self,
        caller: &Caller,
        request: &KeyCreate,
    ) -> Result<KeyCreated, Fault> {
        allowed(caller, Permission::KeyWrite)?;
        self.key_make(caller, request).await
    }

    /// Makes the first key of a house, when nobody is there yet who could ask for it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn key_bootstrap(
        &self,
        tenant: TenantId,
        request: &KeyCreate,
    ) -> Result<KeyCreated, Fault> {
        self.key_make(&Caller::system(tenant), request).await
    }

    /// Whether no agent's key was ever made: the house is new.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn has_no_agent(&self, tenant: TenantId) -> Result<bool, Fault> {
        let keys = self
            .store
            .read(tenant)
            .await
            .fault()?
            .api_key_list()
            .await
            .fault()?;
        Ok(!keys.iter().any(|key| key.role == Role::Agent))
    }

    /// The name, or the name with the first number that no living key has.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn free_key_name(&self, tenant: TenantId, name: &str) -> Result<Label, Fault> {
        let keys = self
            .store
            .read(tenant)
            .await
            .fault()?
            .api_key_list()
            .await
            .fault()?;
        let taken = |label: &Label| {
            keys.iter()
                .any(|key| key.name == *label && key.revoked_at.is_none())
        };
        let numbered = (2..).map(|n| format!("{name}-{n}"));
        let labels = std::iter::once(name.to_owned())
            .chain(numbered)
            .map(|text| text.parse());
        for label in labels {
            let label: Label =
                label.map_err(|_| Fault::invalid("label_malformed", "name", "no label"))?;
            if !taken(&label) {
                return Ok(label);
            }
        }
        Err(Fault::conflict("key_name_taken", "every number is taken"))
    }

    async fn key_make(&self, caller: &Caller, request: &KeyCreate) -> Result<KeyCreated, Fault> {
        let days = request.expires_in_days.unwrap_or(90);
        if days == 0 || days > MAX_DAYS {
            let message = format!("expires_in_days is not 1 to {MAX_DAYS}");
            return Err(Fault::invalid(
                "expiry_out_of_range",
                "expires_in_days",
                message,
            ));
        }
        let secret = KeySecret::generate(self.live, self.entropy.as_ref());
        let now = self.now();
        let scopes = request
            .scopes
            .clone()
            .unwrap_or_else(|| Scope::ALL.to_vec());
        let key = ApiKey {
            id: KeyId::new(self.clock.as_ref(), self.entropy.as_ref()),
            name: request.name.clone(),
            role: request.role,
            scopes,
            prefix: secret.prefix(),
            hash: self.pepper.hash_api_key(secret.expose()),
            made_by: caller.key(),
            created_at: now,
            expires_at: Some(clock::after(now, clock::days(days))),
            revoked_at: None,
        };
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let keys = tx.api_key_list().await.fault()?;
        if keys
            .iter()
            .any(|other| other.name == key.name && other.revoked_at.is_none())
        {
            let message = format!(
                "a key named {} exists; revoke it or choose another",
                key.name
            );
            return Err(Fault::conflict("key_name_taken", message));
        }
        let tenant = tx.tenant_fetch().await.fault()?;
        let most = tenant.and_then(|tenant| tenant.quota.max_api_keys);
        let most = most.unwrap_or(MAX_KEYS);
        let living = keys.iter().filter(|other| other.revoked_at.is_none());
        if u32::try_from(living.count()).is_ok_and(|count| count >= most) {
            let message = format!("the tenant has its {most} keys; revoke one first");
            return Err(Fault::conflict("too_many_keys", message));
        }
        tx.api_key_insert(&key).await.fault()?;
        let draft = self.draft(caller, Action::KeyCreated, Outcome::Succeeded);
        let draft = draft.fact("key", key.id).fact("name", &key.name);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        Ok(KeyCreated {
            key: view(&key),
            secret,
        })
    }

    /// # Errors
    /// `Forbidden` for who may not.
    pub async fn key_list(&self, caller: &Caller) -> Result<Vec<KeyView>, Fault> {
        allowed(caller, Permission::KeyWrite)?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        Ok(tx.api_key_list().await.fault()?.iter().map(view).collect())
    }

    /// # Errors
    /// `NotFound` when there is no such key.
    pub async fn key_revoke(&self, caller: &Caller, id: KeyId) -> Result<(), Fault> {
        allowed(caller, Permission::KeyWrite)?;
        if caller.key() == Some(id) {
            let message = "a key does not revoke itself; use another owner's key";
            return Err(Fault::conflict("key_in_use", message));
        }
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        if !tx.api_key_revoke(id, self.now()).await.fault()? {
            return Err(Fault::not_found("key", id));
        }
        let draft = self
            .draft(caller, Action::KeyRevoked, Outcome::Succeeded)
            .fact("key", id);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.changed(caller.tenant);
        Ok(())
    }
}
