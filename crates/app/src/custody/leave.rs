//! When a wallet's key may leave. Both sides ask the same: the deciding one before it lets a request
//! in or pass, the signing one again before it does what a row says.

use vaultpilot_audit::Actor;
use vaultpilot_core::{TenantId, TenantState, WalletId};
use vaultpilot_ports::store::{KeyTask, KeyWork};
use vaultpilot_ports::{ReadTx, StoreError};

/// Names what the text is for: no other text that is ever vouched for begins like this.
const DOMAIN: &str = "vaultpilot key export v1";

/// Why a key stays where it is.
pub(crate) struct Stays {
    pub(crate) code: &'static str,
    pub(crate) why: String,
}

/// Nobody's second yes is their own: another person, with another name and another key.
pub(crate) fn are_two(by: &Actor, second: Option<&Actor>) -> bool {
    match (by, second) {
        (
            Actor::Person { key, name },
            Some(Actor::Person {
                key: other_key,
                name: other_name,
            }),
        ) => key != other_key && name != other_name,
        _ => false,
    }
}

/// What the deciding side vouches for, and the signing side checks: the tenant, the task, who asked
/// and when, the wallet, for whom, and who agreed. `None` for what is no export.
pub(crate) fn text(
    tenant: TenantId,
    task: &KeyTask,
    approved_by: Option<&Actor>,
) -> Option<Vec<u8>> {
    let KeyWork::Export { wallet, export, .. } = &task.work else {
        return None;
    };
    // As JSON, so that no name can pass for two fields.
    let whole = (
        DOMAIN,
        tenant,
        task.id,
        &task.by,
        task.created_at.to_string(),
        wallet,
        export,
        approved_by,
    );
    serde_json::to_vec(&whole).ok()
}

/// Why this wallet's key may not leave, as tenant and wallet are now.
pub(crate) async fn stays(
    view: &mut dyn ReadTx,
    wallet: WalletId,
) -> Result<Option<Stays>, StoreError> {
    let tenant = view.tenant_fetch().await?;
    let frozen = match tenant.map(|tenant| tenant.state) {
        Some(TenantState::Active) => None,
        Some(TenantState::Frozen { .. }) => Some("is frozen"),
        Some(TenantState::Archived { .. }) => Some("is archived"),
        None => Some("is gone"),
    };
    if let Some(how) = frozen {
        return Ok(Some(Stays {
            code: "tenant_frozen",
            why: format!("the tenant {how}; no key of it leaves"),
        }));
    }
    let wallet = view.wallet_fetch(wallet).await?;
    Ok(wallet
        .filter(|wallet| wallet.state.is_detached())
        .map(|wallet| Stays {
            code: "wallet_detached",
            why: format!(
                "the resource of wallet {} was deleted; its key does not leave",
                wallet.label
            ),
        }))
}
