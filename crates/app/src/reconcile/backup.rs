//! What the audit log hears of backups. The copies themselves are the doors'.

use vaultpilot_audit::{Action, Actor, Draft, Outcome};
use vaultpilot_core::{AuditId, Caller, Clock, Entropy, Permission, TenantId};
use vaultpilot_ports::{Fault, Store, StoreError};

use crate::App;
use crate::person::allowed;

/// The most receivers of a backup that are told.
const MAX_NAMES: usize = 16;
/// Longer than any age recipient of ours.
const MAX_NAME: usize = 128;

impl App {
    /// Writes down that the house is about to be copied, and for whom.
    ///
    /// # Errors
    /// `Forbidden` for everybody but an owner.
    pub async fn backup_begin(&self, caller: &Caller, names: &[String]) -> Result<(), Fault> {
        allowed(caller, Permission::KeyWrite)?;
        let too_long = |name: &String| name.len() > MAX_NAME || name.chars().any(char::is_control);
        if names.is_empty() || names.len() > MAX_NAMES || names.iter().any(too_long) {
            let message = "say for whom it is sealed: 1 to 16 recipients, or \"passphrase\"";
            return Err(Fault::invalid("recipients_invalid", "recipients", message));
        }
        let draft = self.draft(caller, Action::HouseBackedUp, Outcome::Succeeded);
        self.audit(caller.tenant, told(draft, names)).await
    }
}

/// The same for every tenant of a store, where no house runs that could be asked.
///
/// # Errors
/// When it cannot be written.
pub async fn house_backed_up(
    store: &dyn Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    names: &[String],
) -> Result<(), StoreError> {
    for tenant in store.tenant_list().await? {
        let draft = by_the_house(clock, entropy, Action::HouseBackedUp);
        let mut tx = store.begin(tenant.id).await?;
        tx.audit_append(vec![told(draft, names)]).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The first entry behind a tenant's restored chain.
pub fn house_restored(
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    taken_at: &str,
    tenant: TenantId,
    wallets: u64,
) -> Draft {
    by_the_house(clock, entropy, Action::HouseRestored)
        .fact("tenant", tenant)
        .fact("backup_of", taken_at)
        .fact("wallets", wallets)
}

fn by_the_house(clock: &dyn Clock, entropy: &dyn Entropy, action: Action) -> Draft {
    let id = AuditId::new(clock, entropy);
    Draft::new(id, clock.now(), action, Actor::System, Outcome::Succeeded)
}

fn told(draft: Draft, names: &[String]) -> Draft {
    names
        .iter()
        .fold(draft, |draft, name| draft.fact("for", name))
}
