//! A wallet's key, sealed to whom it is for.

use vaultpilot_audit::{Action, Actor, Outcome};
use vaultpilot_core::{TenantId, WalletId};
use vaultpilot_ports::KeyError;
use vaultpilot_ports::keys::{Export, KeyContext, TenantKek};
use vaultpilot_ports::store::KeyTask;

use super::step::Left;
use super::{Custody, Halt};
use crate::failpoint::failpoint;
use crate::person::custody::view::receiver;

impl Custody {
    pub(super) async fn export(
        &self,
        tenant: TenantId,
        task: &KeyTask,
        wallet: WalletId,
        export: &Export,
        approved_by: Option<&Actor>,
    ) -> Result<Left, Halt> {
        let missing = || Halt::Fail {
            code: "not_found",
            detail: format!("wallet {wallet} or its key is not there"),
        };
        let mut view = self.parts.store.read(tenant).await?;
        let found = view.wallet_fetch(wallet).await?.ok_or_else(missing)?;
        let key = view.wallet_key_fetch(wallet).await?.ok_or_else(missing)?;
        let about = format!("wallet {}", found.label);
        let kek = match key.kek {
            None => None,
            Some(version) => {
                let kek = view.kek_fetch(version).await?;
                Some(kek.ok_or_else(|| Halt::of(KeyError::KekMissing { version }, &about))?)
            }
        };
        // Newest first: what was sealed for an earlier one can be opened while that is there.
        let imports = view.kek_list().await?;
        drop(view);
        let context = KeyContext {
            tenant,
            wallet,
            version: key.version,
        };
        let mut sealed = Err(KeyError::KekMissing { version: 1 });
        for imports in imports.iter().rev() {
            let kek: Option<&TenantKek> = kek.as_ref();
            sealed = self
                .parts
                .custodian
                .export(context, &key, kek, found.address, export, imports)
                .await;
            if !matches!(sealed, Err(KeyError::Sealed { .. })) {
                break;
            }
        }
        let bundle = sealed.map_err(|error| Halt::of(error, &about))?;
        failpoint!("custody_export_sealed");
        let mut draft = self.draft(&task.by, Action::WalletExported, Outcome::Succeeded);
        draft.wallet = Some(wallet);
        let mut draft = draft
            .fact("task", task.id)
            .fact("to", receiver(export))
            .fact("step", "sealed");
        if let Some(Actor::Person { name, .. }) = approved_by {
            draft = draft.fact("approved_by", name);
        }
        let unit = self.parts.store.begin(tenant).await?;
        let addresses = vec![(wallet, found.address)];
        let left = self
            .succeed(unit, task, (1, Some(bundle), addresses), vec![draft])
            .await?;
        let label = &found.label;
        self.alert(format!(
            "the key of wallet {label} was exported ({})",
            task.id
        ))
        .await;
        Ok(left)
    }
}
