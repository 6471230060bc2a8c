//! Wallets that came out of a backup sign nothing.

use diesel::sqlite::SqliteConnection;
use vaultpilot_ports::store::{Page, StoreError};

use super::super::transaction::immediate;
use super::super::{audit, tenant, wallet};
use crate::scope::Scope;
use crate::snapshot::{RestoreNote, Restored};

pub(super) fn all(conn: &mut SqliteConnection, note: &RestoreNote) -> Result<Restored, StoreError> {
    immediate(conn, |conn| {
        let mut restored = Restored::default();
        for tenant in tenant::list(conn)? {
            let scope = Scope::new(tenant.id);
            let wallets = wallets(conn, &scope, note)?;
            let draft = (note.draft)(tenant.id, wallets);
            audit::append(conn, &scope, vec![draft])?;
            restored.add(wallets);
        }
        Ok(restored)
    })
}

fn wallets(
    conn: &mut SqliteConnection,
    scope: &Scope,
    note: &RestoreNote,
) -> Result<u64, StoreError> {
    let mut page = Page::first(Page::MAX);
    let mut count = 0u64;
    loop {
        let wallets = wallet::list(conn, scope, &page)?;
        let Some(last) = wallets.last() else {
            return Ok(count);
        };
        page.after = Some(last.label.to_string());
        for it in wallets {
            wallet::update(conn, scope, it.id, &it.state.restored(note.at))?;
            count = count.saturating_add(1);
        }
    }
}
