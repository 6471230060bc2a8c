//! Keys that are brought along, sealed to the tenant's import recipient: taken note of here, opened
//! elsewhere. All of them become wallets, or none.

use std::collections::BTreeSet;

use vaultpilot_audit::Action;
use vaultpilot_core::{Address, Caller, ChainId, Label, Permission, WalletId};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::CreateWallet;
use vaultpilot_ports::keys::SealedKey;
use vaultpilot_ports::store::{ImportPolicy, KeyImport, KeyTask, KeyTaskState, KeyWork};

use super::super::allowed;
use super::view::{self, KeyTaskView};
use crate::App;
use crate::error::OrFault;

/// The most keys of one import.
pub const MAX_KEYS: usize = 500;
/// The largest sealed key: far above one key and the padding of any age version.
pub const MAX_SEALED: usize = 8 * 1024;
/// How every armoured age file begins.
const ARMOUR: &str = "-----BEGIN AGE ENCRYPTED FILE-----";

/// One key to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportKey {
    pub label: Label,
    /// Every configured chain if empty.
    pub chains: Vec<ChainId>,
    /// What the key must be the key of, if the importer knows.
    pub address: Option<Address>,
    pub sealed: SealedKey,
    /// Whether the wallet waits for a person before it signs.
    pub frozen: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportKeys {
    pub keys: Vec<ImportKey>,
    pub policy: ImportPolicy,
    /// The version of the key-encryption key whose recipient they are sealed to; the one in force if
    /// absent.
    pub kek: Option<u32>,
}

impl App {
    /// Asks for an import; the same one again, while it is under way, is one import.
    ///
    /// # Errors
    /// `Forbidden` for everybody but an owner; `Invalid` names the key that is wrong.
    pub async fn custody_import(
        &self,
        caller: &Caller,
        request: &ImportKeys,
    ) -> Result<KeyTaskView, Fault> {
        allowed(caller, Permission::CustodyWrite)?;
        Ok(view::task(&self.import_begun(caller, request).await?))
    }

    pub(crate) async fn import_begun(
        &self,
        caller: &Caller,
        request: &ImportKeys,
    ) -> Result<KeyTask, Fault> {
        check(request)?;
        let current = self.kek_ensure(caller).await?;
        let kek = request.kek.unwrap_or(current.version);
        let mut keys = Vec::with_capacity(request.keys.len());
        for key in &request.keys {
            let named = CreateWallet {
                label: key.label.clone(),
                chains: key.chains.clone(),
            };
            keys.push(KeyImport {
                wallet: WalletId::new(self.clock.as_ref(), self.entropy.as_ref()),
                label: key.label.clone(),
                chains: self.chains_for(&named)?,
                address: key.address,
                kek,
                sealed: key.sealed.clone(),
                frozen: key.frozen,
            });
        }
        for task in self.open_tasks(caller).await? {
            if let KeyWork::Import { keys: theirs, .. } = &task.work
                && is_same(theirs, &keys)
            {
                return Ok(task);
            }
        }
        self.room_for_task(caller).await?;
        let total = u64::try_from(keys.len()).unwrap_or(u64::MAX);
        let work = KeyWork::Import {
            keys,
            policy: request.policy,
        };
        let state = KeyTaskState::Running {
            approved_by: None,
            done: 0,
            total,
            last_error: None,
        };
        let task = self.task_of(caller, work, state);
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let Some(opens) = tx.kek_fetch(kek).await.fault()? else {
            let message = format!(
                "keys sealed for version {kek} of the tenant's key-encryption key cannot be opened \
                 any more; ask for the import recipient again, and seal them to that"
            );
            return Err(Fault::conflict("import_recipient_outdated", message));
        };
        self.wrapper.admit(caller.tenant, &opens).fault()?;
        tx.key_task_insert(&task).await.fault()?;
        let draft = self.task_draft(caller, Action::KeyTaskBegun, &task);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.tasked();
        Ok(task)
    }
}

fn check(request: &ImportKeys) -> Result<(), Fault> {
    let count = request.keys.len();
    if count == 0 || count > MAX_KEYS {
        let message = format!("an import has 1 to {MAX_KEYS} keys, not {count}");
        return Err(Fault::invalid("keys_out_of_range", "keys", message));
    }
    let mut labels = BTreeSet::new();
    let mut addresses = BTreeSet::new();
    for (index, key) in request.keys.iter().enumerate() {
        if !labels.insert(&key.label) {
            let message = format!("label {} is there twice", key.label);
            return Err(Fault::invalid(
                "label_twice",
                &format!("keys[{index}].label"),
                message,
            ));
        }
        if key
            .address
            .is_some_and(|address| !addresses.insert(address))
        {
            let message = "no key is imported under two labels";
            let field = format!("keys[{index}].address");
            return Err(Fault::invalid("address_twice", &field, message));
        }
        let field = format!("keys[{index}].sealed");
        if key.sealed.0.len() > MAX_SEALED {
            let message = format!("a sealed key has at most {MAX_SEALED} bytes");
            return Err(Fault::invalid("sealed_too_large", &field, message));
        }
        if !key.sealed.0.trim_start().starts_with(ARMOUR) {
            let message = "this is no armoured age file; seal the key to the import recipient";
            return Err(Fault::invalid("sealed_malformed", &field, message));
        }
    }
    Ok(())
}

/// Whether two imports ask for the same; the ids of their wallets do not count.
fn is_same(one: &[KeyImport], other: &[KeyImport]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| {
            KeyImport {
                wallet: other.wallet,
                ..one.clone()
            } == *other
        })
}
