//! Opening a tenant's key-encryption key: one question to its root, then from memory.

use std::sync::Arc;

use futures::FutureExt as _;
use vaultpilot_core::KeyManagement;
use vaultpilot_ports::RootUnwrapper;
use vaultpilot_ports::keys::{KekContext, KeyError, RootSealed, TenantKek};
use vaultpilot_secret::erase;

use super::Keyring;
use crate::kek::{OpenKek, Publics};

/// All that decides what opening gives. Another row of the same name is another question, so nothing
/// in a row can be exchanged under an opened key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    context: KekContext,
    management: KeyManagement,
    sealed: RootSealed,
    publics: Publics,
}

impl Row {
    fn new(context: KekContext, kek: &TenantKek) -> Self {
        Self {
            context,
            management: kek.management.clone(),
            sealed: RootSealed {
                root: kek.root.clone(),
                bytes: kek.wrapped.clone(),
            },
            publics: kek.into(),
        }
    }

    fn is(&self, context: KekContext, kek: &TenantKek) -> bool {
        let Self {
            management, sealed, ..
        } = self;
        self.context == context
            && *management == kek.management
            && sealed.root == kek.root
            && sealed.bytes == kek.wrapped
            && self.publics == kek.into()
    }
}

impl Keyring {
    /// The private halves of a tenant's key, which are the ones its row shows the public halves of.
    pub(super) async fn open_kek(
        &self,
        context: KekContext,
        kek: &TenantKek,
    ) -> Result<Arc<(Row, OpenKek)>, KeyError> {
        let held = self.keks.get(&context, self.parts.clock.now());
        if let Some(held) = held.filter(|held| held.0.is(context, kek)) {
            return Ok(held);
        }
        if context.version != kek.version {
            return Err(KeyError::NotUnwrapped);
        }
        let root = Arc::clone(self.parts.roots.of(&kek.management)?);
        let row = Row::new(context, kek);
        let opened = self
            .opening
            .join(row.clone(), || ask(root, row).boxed())
            .await?;
        let now = self.parts.clock.now();
        self.keks.put(context, Arc::clone(&opened), now);
        Ok(opened)
    }
}

async fn ask(root: Arc<dyn RootUnwrapper>, row: Row) -> Result<Arc<(Row, OpenKek)>, KeyError> {
    let seed = root
        .unwrap(&row.management, &row.context, &row.sealed)
        .await?;
    erase::after(|| {
        let opened = OpenKek::of(&seed);
        // Otherwise somebody exchanged the public halves, or the seed under them.
        match opened.publics() {
            Ok(publics) if publics == row.publics => Ok(Arc::new((row, opened))),
            _ => Err(KeyError::NotUnwrapped),
        }
    })
}
