//! How the tenant's keys are kept.

use vaultpilot_core::{Caller, Permission};
use vaultpilot_ports::Fault;
use vaultpilot_ports::keys::TenantKek;

use super::super::allowed;
use super::recipient;
use super::view::{self, CustodyView, KekView, KeyCount, RecipientView};
use crate::App;
use crate::error::OrFault;

impl App {
    /// # Errors
    /// `Forbidden` for everybody but an owner.
    pub async fn custody_status(&self, caller: &Caller) -> Result<CustodyView, Fault> {
        allowed(caller, Permission::CustodyWrite)?;
        self.custody_read(caller).await
    }

    /// Makes the tenant's key-encryption key where there is none: whoever asks wants to know whom to
    /// seal keys to. A root that does not answer is told, and everything else with it.
    pub(super) async fn custody_read(&self, caller: &Caller) -> Result<CustodyView, Fault> {
        let (recipient, trouble) = match self.kek_ensure(caller).await {
            Ok(kek) => (Some(recipient_of(&kek)), None),
            Err(fault) => (None, Some(format!("{}: {fault}", fault.code()))),
        };
        let open = self.open_ids(caller).await?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let tenant = tx.tenant_fetch().await.fault()?;
        let tenant = tenant.ok_or_else(|| Fault::not_found("tenant", caller.tenant))?;
        let counts = tx.wallet_key_count().await.fault()?;
        let under = |version: u32| {
            let mine = counts.iter().filter(|((_, kek), _)| *kek == Some(version));
            mine.map(|(_, keys)| *keys).sum()
        };
        let mut tasks = Vec::with_capacity(open.len());
        for id in open {
            tasks.extend(
                tx.key_task_fetch(id)
                    .await
                    .fault()?
                    .as_ref()
                    .map(view::task),
            );
        }
        let keks = tx.kek_list().await.fault()?;
        let keks = keks.iter().map(|kek| KekView {
            version: kek.version,
            generation: kek.generation,
            provider: kek.management.provider().to_owned(),
            root: kek.root.clone(),
            created_at: kek.created_at.to_string(),
            wallet_keys: under(kek.version),
        });
        let wallet_keys = counts.iter().map(|((provider, kek), keys)| KeyCount {
            provider: provider.clone(),
            kek: *kek,
            keys: *keys,
        });
        Ok(CustodyView {
            provider: tenant.keys.provider().to_owned(),
            recipient,
            trouble,
            keks: keks.collect(),
            wallet_keys: wallet_keys.collect(),
            exports: self.exports,
            tasks: tasks
                .into_iter()
                .filter(|task| !task.over || task.bundle)
                .collect(),
        })
    }
}

fn recipient_of(kek: &TenantKek) -> RecipientView {
    RecipientView {
        recipient: recipient::text(&kek.imports),
        fingerprint: recipient::fingerprint(&kek.imports),
        kek: kek.version,
    }
}
