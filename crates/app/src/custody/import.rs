//! Sealed keys become wallets: all of them in one transaction, or none. A label keeps its key, and a
//! key has one wallet in the whole house.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use futures::StreamExt as _;
use vaultpilot_audit::{Action, Draft, Outcome};
use vaultpilot_core::{ChainId, TenantId, Wallet, WalletId, WalletState};
use vaultpilot_ports::keys::{KeyContext, TenantKek, WrappedKey};
use vaultpilot_ports::store::{ImportPolicy, KeyImport, KeyTask};
use vaultpilot_ports::{KeyError, StoreError, Tx};

use super::step::Left;
use super::{Custody, Halt};
use crate::failpoint::failpoint;
use crate::wallet::{IMPORTED, awaits_reconciling, chains_used, resumed, wallets_left, wraps_now};

/// So many addresses are looked up on their chains at once.
const LOOKUPS: usize = 16;

/// A key that was opened and wrapped, and is stored nowhere yet.
struct Opened<'a> {
    asked: &'a KeyImport,
    address: Address,
    key: WrappedKey,
}

impl Custody {
    pub(super) async fn import(
        &self,
        tenant: TenantId,
        task: &KeyTask,
        keys: &[KeyImport],
        policy: ImportPolicy,
    ) -> Result<Left, Halt> {
        let (opens, wraps) = self.keks_for(tenant, keys).await?;
        let mut opened = Vec::with_capacity(keys.len());
        for asked in keys {
            let opens = opens.get(&asked.kek).ok_or_else(|| Halt::Fail {
                code: "import_recipient_outdated",
                detail: format!("key {}: its recipient is not there any more", asked.label),
            })?;
            opened.push(self.open(tenant, asked, opens, &wraps).await?);
        }
        no_twins(&opened)?;
        // Made before they are buffered, so that the whole can be sent to another thread.
        let lookups: Vec<_> = opened
            .iter()
            .map(|one| chains_used(self.parts.chain.as_ref(), one.address, &one.asked.chains))
            .collect();
        let used: Vec<Vec<ChainId>> = futures::stream::iter(lookups)
            .buffered(LOOKUPS)
            .collect()
            .await;
        failpoint!("custody_import_opened");
        let mut unit = self.parts.store.begin(tenant).await?;
        let (mut drafts, mut addresses, mut made) = (Vec::new(), Vec::new(), Vec::new());
        let (mut left, most) = wallets_left(unit.as_mut()).await?;
        let unreconciled = awaits_reconciling(unit.as_mut()).await?;
        for (one, used) in opened.iter().zip(used) {
            if !wraps_now(unit.as_mut(), &one.key).await? {
                // The tenant's keys were rotated meanwhile: wrapped anew, next time.
                return Err(Halt::Again);
            }
            if let Some(known) = known(unit.as_mut(), one).await? {
                addresses.push((known, one.address));
                continue;
            }
            left = left.checked_sub(1).ok_or_else(|| Halt::Fail {
                code: "too_many_wallets",
                detail: format!("the tenant may have {most} wallets, and these would be more"),
            })?;
            let mut wallet = self.wallet_of(tenant, one, used);
            if unreconciled {
                wallet.state = wallet.state.restored(self.now());
            }
            keep(unit.as_mut(), &wallet, &one.key).await?;
            drafts.push(self.imported(task, &wallet));
            addresses.push((wallet.id, wallet.address));
            made.push(wallet.label);
        }
        if policy == ImportPolicy::DenyAll {
            let denied = self.deny(unit.as_mut(), task, &made).await?;
            drafts.extend(denied);
        }
        let done = u64::try_from(keys.len()).unwrap_or(u64::MAX);
        let left = self
            .succeed(unit, task, (done, None, addresses), drafts)
            .await?;
        self.parts.feed.changed(tenant);
        Ok(left)
    }

    /// What the keys were sealed for, by version, and what they will be wrapped by.
    async fn keks_for(
        &self,
        tenant: TenantId,
        keys: &[KeyImport],
    ) -> Result<(BTreeMap<u32, TenantKek>, TenantKek), Halt> {
        let mut view = self.parts.store.read(tenant).await?;
        let mut opens = BTreeMap::new();
        for key in keys {
            if !opens.contains_key(&key.kek)
                && let Some(kek) = view.kek_fetch(key.kek).await?
            {
                opens.insert(key.kek, kek);
            }
        }
        let wraps = view.kek_current().await?;
        let wraps = wraps.ok_or_else(|| {
            let missing = KeyError::KekMissing { version: 1 };
            Halt::of(missing, "import")
        })?;
        Ok((opens, wraps))
    }

    async fn open<'a>(
        &self,
        tenant: TenantId,
        asked: &'a KeyImport,
        opens: &TenantKek,
        wraps: &TenantKek,
    ) -> Result<Opened<'a>, Halt> {
        let context = KeyContext {
            tenant,
            wallet: asked.wallet,
            version: 1,
        };
        let custodian = &self.parts.custodian;
        let opened = custodian.import(context, &asked.sealed, opens, wraps).await;
        let about = format!("key {}", asked.label);
        let (address, key) = opened.map_err(|error| Halt::of(error, &about))?;
        if let Some(expected) = asked.address
            && expected != address
        {
            return Err(Halt::Fail {
                code: "address_mismatch",
                detail: format!(
                    "key {} is the key of {}, not of {}",
                    asked.label,
                    address.to_checksum(None),
                    expected.to_checksum(None)
                ),
            });
        }
        Ok(Opened {
            asked,
            address,
            key,
        })
    }

    fn wallet_of(&self, tenant: TenantId, one: &Opened<'_>, used: Vec<ChainId>) -> Wallet {
        let at = self.now();
        let state = if one.asked.frozen {
            let reason = format!("{IMPORTED}and not let sign yet");
            WalletState::Frozen { reason, at }
        } else {
            resumed(used, at)
        };
        Wallet {
            id: one.asked.wallet,
            tenant,
            label: one.asked.label.clone(),
            address: one.address,
            chains: one.asked.chains.clone(),
            state,
            managed: None,
            created_at: at,
        }
    }

    fn imported(&self, task: &KeyTask, wallet: &Wallet) -> Draft {
        let mut draft = self.draft(&task.by, Action::WalletImported, Outcome::Succeeded);
        draft.wallet = Some(wallet.id);
        draft
            .fact("label", &wallet.label)
            .fact("address", wallet.address)
            .fact("task", task.id)
    }
}

/// No key comes under two labels.
fn no_twins(opened: &[Opened<'_>]) -> Result<(), Halt> {
    let mut seen = BTreeMap::new();
    for one in opened {
        if let Some(first) = seen.insert(one.address, &one.asked.label) {
            return Err(Halt::Fail {
                code: "address_twice",
                detail: format!(
                    "{} and {} are the same key, of {}",
                    first,
                    one.asked.label,
                    one.address.to_checksum(None)
                ),
            });
        }
    }
    Ok(())
}

/// The wallet that is there already with this label and this key: nothing of it changes.
async fn known(unit: &mut dyn Tx, one: &Opened<'_>) -> Result<Option<WalletId>, Halt> {
    let label = &one.asked.label;
    if let Some(wallet) = unit.wallet_find(label).await? {
        if wallet.address == one.address {
            return Ok(Some(wallet.id));
        }
        return Err(Halt::Fail {
            code: "label_taken",
            detail: format!(
                "wallet {label} has the key of {} already, and keeps it",
                wallet.address.to_checksum(None)
            ),
        });
    }
    if let Some(wallet) = unit.wallet_find_by_address(one.address).await? {
        return Err(taken(one.address, &format!("as wallet {}", wallet.label)));
    }
    Ok(None)
}

async fn keep(unit: &mut dyn Tx, wallet: &Wallet, key: &WrappedKey) -> Result<(), Halt> {
    match unit.wallet_insert(wallet, key).await {
        // The tenant has it under no label: it is somebody else's.
        Err(StoreError::Conflict {
            what: "wallet address",
        }) => Err(taken(wallet.address, "in this house")),
        other => Ok(other?),
    }
}

fn taken(address: Address, place: &str) -> Halt {
    Halt::Fail {
        code: "address_taken",
        detail: format!(
            "{} is there already, {place}; no key has two wallets",
            address.to_checksum(None)
        ),
    }
}
