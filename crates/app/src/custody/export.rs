//! A wallet's key, sealed to whom it is for.

use alloy_primitives::B256;
use vaultpilot_audit::{Action, Actor, Outcome};
use vaultpilot_core::{TenantId, WalletId};
use vaultpilot_ports::KeyError;
use vaultpilot_ports::keys::{Export, KeyContext, TenantKek};
use vaultpilot_ports::store::KeyTask;

use super::step::Left;
use super::{Custody, Halt, leave};
use crate::Exports;
use crate::failpoint::failpoint;
use crate::person::custody::view::receiver;

impl Custody {
    /// Whether this process exports at all, and the deciding side wants just this: a row alone moves
    /// no key.
    pub(super) fn wanted(
        &self,
        tenant: TenantId,
        task: &KeyTask,
        voucher: Option<B256>,
        approved_by: Option<&Actor>,
    ) -> Result<(), Halt> {
        let forged = |why: &str| Halt::Fail {
            code: "key_task_forged",
            detail: format!("no key was exported: {why}"),
        };
        match self.parts.exports {
            Exports::Off => {
                return Err(Halt::Fail {
                    code: "export_off",
                    detail: "the side that signs exports no keys (custody.export)".to_owned(),
                });
            }
            Exports::ByTwo if !leave::are_two(&task.by, approved_by) => {
                return Err(forged("no second person agreed"));
            }
            Exports::ByTwo | Exports::ByOwner => {}
        }
        let voucher = voucher.ok_or_else(|| forged("nobody vouched for it"))?;
        let text = leave::text(tenant, task, approved_by);
        let text = text.ok_or_else(|| forged("it cannot be read"))?;
        let custodian = &self.parts.custodian;
        custodian
            .vouched(tenant, &text, &voucher.0)
            .map_err(|error| forged(&error.to_string()))
    }

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
        if let Some(leave::Stays { code, why }) = leave::stays(view.as_mut(), wallet).await? {
            return Err(Halt::Fail { code, detail: why });
        }
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
        if let Export::Keystore { kek: version, .. } = export
            && *version != 0
        {
            sealed = Err(KeyError::KekMissing { version: *version });
        }
        for imports in imports.iter().rev().filter(|kek| is_for(export, kek)) {
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

/// Whether the receiver's password may be sealed for this one; an earlier version did not write down
/// for which.
const fn is_for(export: &Export, imports: &TenantKek) -> bool {
    match export {
        Export::Keystore { kek, .. } => *kek == 0 || *kek == imports.version,
        Export::Age { .. } => true,
    }
}
