//! What the first start makes, and later ones find: tenant, keys, policies.

use secrecy::{ExposeSecret as _, SecretString};
use vaultpilot_app::{App, KeyCreate};
use vaultpilot_config::{Config, Loaded, PolicySource};
use vaultpilot_core::{Caller, Label, Role, Tenant};
use vaultpilot_policy::{DEVNET_GUARD, Document};
use vaultpilot_ports::{ControlPlane as _, Fault};

use super::{StartError, read_owner_key, write_owner_key};
use crate::failure::Failure;

/// How long a person's and an agent's first key last: the owner's is renewed by hand.
const OWNER_DAYS: u32 = 3650;
const AGENT_DAYS: u32 = 90;

pub(crate) struct Settling<'a> {
    pub app: &'a App,
    pub config: &'a Config,
    pub loaded: &'a Loaded,
    pub wants_devnet: bool,
}

impl Settling<'_> {
    /// The tenant with its keys and policies, and the agent's key if it was made now.
    pub(crate) async fn settle(
        &self,
        name: &Label,
    ) -> Result<(Tenant, Option<SecretString>), Failure> {
        let step = |step| move |source: Fault| StartError::Step { step, source };
        let (tenant, _) = self
            .app
            .tenant_ensure(
                name,
                &self
                    .config
                    .keys
                    .management(self.config.vault.role.as_deref()),
            )
            .await
            .map_err(step("making the tenant"))?;
        let known = read_owner_key(&self.config.data.dir)?;
        let valid = match &known {
            Some(key) => self.app.authenticate(&tenant.name, key, None).await.is_ok(),
            None => false,
        };
        if !valid {
            let key = self.key(&tenant, "owner", Role::Owner, OWNER_DAYS).await?;
            write_owner_key(&self.config.data.dir, &key)?;
        }
        let first = self
            .app
            .has_no_agent(tenant.id)
            .await
            .map_err(step("reading the keys"))?;
        let agent = if first {
            Some(self.key(&tenant, "agent", Role::Agent, AGENT_DAYS).await?)
        } else {
            None
        };
        self.policies(&tenant, first).await?;
        Ok((tenant, agent))
    }

    async fn key(
        &self,
        tenant: &Tenant,
        name: &str,
        role: Role,
        days: u32,
    ) -> Result<SecretString, StartError> {
        let step = |source| StartError::Step {
            step: "making a key",
            source,
        };
        let name = self
            .app
            .free_key_name(tenant.id, name)
            .await
            .map_err(step)?;
        let request = KeyCreate {
            name,
            role,
            scopes: None,
            expires_in_days: Some(days),
        };
        let created = self
            .app
            .key_bootstrap(tenant.id, &request)
            .await
            .map_err(step)?;
        Ok(SecretString::from(created.secret.expose()))
    }

    /// The configuration's policies at every start, the devnet's guard at the first.
    async fn policies(&self, tenant: &Tenant, first: bool) -> Result<(), Failure> {
        let mut documents = Vec::new();
        for source in &self.config.policies {
            documents.push(self.document(source)?);
        }
        if first && self.wants_devnet && documents.is_empty() {
            let document =
                Document::from_yaml(DEVNET_GUARD).map_err(|source| StartError::Policy {
                    name: "devnet-guard".to_owned(),
                    source,
                })?;
            documents.push(document);
        }
        for document in documents {
            let applied = self.app.policy_bootstrap(tenant.id, document).await;
            applied.map_err(|source| StartError::Step {
                step: "applying a policy",
                source,
            })?;
        }
        Ok(())
    }

    fn document(&self, source: &PolicySource) -> Result<Document, Failure> {
        let file = match source {
            PolicySource::Inline(document) => return Ok(Document::clone(document)),
            PolicySource::File(file) => file,
        };
        let beside = self
            .loaded
            .file
            .as_deref()
            .and_then(std::path::Path::parent);
        let path = beside.map_or_else(|| file.clone(), |folder| folder.join(file));
        let text = std::fs::read_to_string(&path).map_err(|source| Failure::Read {
            path: path.clone(),
            source,
        })?;
        Document::from_yaml(&text).map_err(|source| Failure::Policy { path, source })
    }

    /// The owner as a caller, for links to the admin page.
    pub(crate) async fn owner(&self, tenant: &Tenant) -> Result<Caller, Failure> {
        let key = read_owner_key(&self.config.data.dir)?;
        let key = key.unwrap_or_else(|| SecretString::from(""));
        debug_assert!(!key.expose_secret().is_empty(), "settle writes it");
        let owner = self.app.authenticate(&tenant.name, &key, None).await;
        Ok(owner.map_err(|source| StartError::Step {
            step: "reading the owner's key",
            source,
        })?)
    }
}
