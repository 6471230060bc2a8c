//! Policies: applied whole or not at all, in force from the next judgement.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{Asset, Caller, Label, Managed, Permission, PolicyId};
use vaultpilot_policy::{Document, Layer, Policy};
use vaultpilot_ports::Fault;
use vaultpilot_ports::store::PolicyRecord;

use super::allowed;
use crate::App;
use crate::error::OrFault;
use crate::resource::{claim, free};
use crate::snapshot::decimals_of;

/// The most policies a tenant may have.
pub(crate) const MAX_POLICIES: usize = 1000;

#[derive(Debug, Clone)]
pub struct ApplyPolicy {
    pub document: Document,
    /// Says what would happen, and changes nothing.
    pub dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplyOutcome {
    Created,
    Updated,
    Unchanged,
}

/// A policy as it is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Applied {
    pub id: String,
    pub name: String,
    pub layer: Layer,
    pub document: Document,
    pub updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ApplyOutcome>,
    /// What it replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Document>,
}

impl Applied {
    fn new(record: &PolicyRecord, layer: Layer) -> Self {
        Self {
            id: record.id.to_string(),
            name: record.name.to_string(),
            layer,
            document: record.document.clone(),
            updated_at: record.updated_at.to_string(),
            outcome: None,
            previous: None,
        }
    }
}

impl App {
    /// # Errors
    /// `Invalid` when the document does not compile; `Unavailable` when a token's decimals cannot
    /// be read.
    pub async fn policy_apply(
        &self,
        caller: &Caller,
        request: &ApplyPolicy,
    ) -> Result<Applied, Fault> {
        allowed(caller, Permission::PolicyWrite)?;
        self.policy_put(caller, request, None).await
    }

    /// Applies what the house is started with.
    ///
    /// # Errors
    /// As `policy_apply`.
    pub async fn policy_bootstrap(
        &self,
        tenant: vaultpilot_core::TenantId,
        document: Document,
    ) -> Result<Applied, Fault> {
        let request = ApplyPolicy {
            document,
            dry_run: false,
        };
        self.policy_put(&Caller::system(tenant), &request, None)
            .await
    }

    /// Applies it for a resource, or for nobody's.
    pub(crate) async fn policy_put(
        &self,
        caller: &Caller,
        request: &ApplyPolicy,
        by: Option<&Managed>,
    ) -> Result<Applied, Fault> {
        let document = &request.document;
        let decimals = self.decimals_for(document).await?;
        let policy = compile(document, &decimals)?;
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let stored = tx.policy_list().await.fault()?;
        let earlier = stored
            .iter()
            .find(|record| record.name == document.metadata.name);
        let held = earlier.and_then(|record| record.managed.as_ref());
        match by {
            Some(by) => {
                claim(held, by)?;
            }
            None => free(held, &format!("policy {}", document.metadata.name))?,
        }
        if earlier.is_none() && stored.len() >= MAX_POLICIES {
            let message = format!("a tenant has at most {MAX_POLICIES} policies");
            return Err(Fault::conflict("too_many_policies", message));
        }
        let outcome = match earlier {
            None => ApplyOutcome::Created,
            Some(record)
                if record.document == *document
                    && record.decimals == decimals
                    && record.managed.as_ref() == by =>
            {
                ApplyOutcome::Unchanged
            }
            Some(_) => ApplyOutcome::Updated,
        };
        let record = PolicyRecord {
            id: earlier.map_or_else(
                || PolicyId::new(self.clock.as_ref(), self.entropy.as_ref()),
                |record| record.id,
            ),
            name: document.metadata.name.clone(),
            document: document.clone(),
            decimals,
            managed: by.cloned(),
            updated_at: self.now(),
        };
        let mut applied = Applied::new(&record, policy.layer());
        applied.outcome = Some(outcome);
        applied.previous = earlier.map(|record| record.document.clone());
        if request.dry_run {
            return Ok(applied);
        }
        if outcome == ApplyOutcome::Unchanged {
            return Ok(applied);
        }
        tx.policy_put(&record).await.fault()?;
        let draft = self.draft(caller, Action::PolicyApplied, Outcome::Succeeded);
        let draft = draft.fact("policy", &record.name).fact("id", record.id);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.changed(caller.tenant);
        Ok(applied)
    }

    /// # Errors
    /// `NotFound` when there is none of that name.
    pub async fn policy_delete(&self, caller: &Caller, name: &Label) -> Result<(), Fault> {
        allowed(caller, Permission::PolicyWrite)?;
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let stored = tx.policy_list().await.fault()?;
        let held = stored.iter().find(|record| record.name == *name);
        free(
            held.and_then(|record| record.managed.as_ref()),
            &format!("policy {name}"),
        )?;
        if !tx.policy_delete(name).await.fault()? {
            return Err(Fault::not_found("policy", name));
        }
        let draft = self.draft(caller, Action::PolicyDeleted, Outcome::Succeeded);
        tx.audit_append(vec![draft.fact("policy", name)])
            .await
            .fault()?;
        tx.commit().await.fault()?;
        self.feed.changed(caller.tenant);
        Ok(())
    }

    /// All policies in force, and the version of the set.
    ///
    /// # Errors
    /// `Forbidden` for who may not read.
    pub async fn policy_list(&self, caller: &Caller) -> Result<(Vec<Applied>, String), Fault> {
        allowed(caller, Permission::Read)?;
        let set = self.policies(caller.tenant).await?;
        let records = self
            .store
            .read(caller.tenant)
            .await
            .fault()?
            .policy_list()
            .await
            .fault()?;
        let layer = |record: &PolicyRecord| {
            let found = set
                .policies()
                .iter()
                .find(|policy| *policy.name() == record.name);
            found.map_or(Layer::Tenant, Policy::layer)
        };
        let applied = records
            .iter()
            .map(|record| Applied::new(record, layer(record)))
            .collect();
        Ok((applied, set.version().to_string()))
    }

    pub(crate) async fn decimals_for(
        &self,
        document: &Document,
    ) -> Result<BTreeMap<Asset, u8>, Fault> {
        let mut decimals = BTreeMap::new();
        for asset in document.assets() {
            decimals.insert(asset, self.decimals(asset.chain, asset.token).await?);
        }
        Ok(decimals)
    }
}

pub(crate) fn compile(
    document: &Document,
    decimals: &BTreeMap<Asset, u8>,
) -> Result<Policy, Fault> {
    document
        .compile(&|asset| decimals_of(decimals, asset))
        .map_err(|error| Fault::invalid("policy_invalid", "policy", error.to_string()))
}
