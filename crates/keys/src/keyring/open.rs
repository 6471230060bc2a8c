//! Opening a tenant's key-encryption key: one question to its root, then from memory.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::ready;
use vaultpilot_core::{KeyManagement, Timestamp};
use vaultpilot_ports::RootUnwrapper;
use vaultpilot_ports::keys::{KekContext, KeyError, RootSealed, TenantKek};
use vaultpilot_secret::erase;

use super::Keyring;
use super::cache::Cache;
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

/// A tenant's key that was opened, and when its root was asked.
pub(super) struct Opened {
    row: Row,
    pub(super) kek: OpenKek,
    pub(super) asked_at: Timestamp,
}

impl Keyring {
    /// The private halves of a tenant's key, which are the ones its row shows the public halves of.
    pub(super) async fn open_kek(
        &self,
        context: KekContext,
        kek: &TenantKek,
    ) -> Result<Arc<Opened>, KeyError> {
        let held = |keks: &Cache<_, Opened>, now| {
            let held = keks.get(&context, now);
            held.filter(|held| held.row.is(context, kek))
        };
        if let Some(held) = held(&self.keks, self.parts.clock.now()) {
            return Ok(held);
        }
        if context.version != kek.version {
            return Err(KeyError::NotUnwrapped);
        }
        let root = Arc::clone(self.parts.roots.of(&kek.management)?);
        let row = Row::new(context, kek);
        let call = || {
            // Somebody else's call may have ended since: it is held before its flight is over.
            if let Some(held) = held(&self.keks, self.parts.clock.now()) {
                return ready(Ok(held)).boxed();
            }
            let (clock, keks) = (Arc::clone(&self.parts.clock), Arc::clone(&self.keks));
            let row = row.clone();
            async move {
                let asked_at = clock.now();
                let opened = ask(root, row, asked_at).await?;
                keks.put(context, Arc::clone(&opened), asked_at, clock.now());
                Ok(opened)
            }
            .boxed()
        };
        self.opening.join(row.clone(), call).await
    }
}

async fn ask(
    root: Arc<dyn RootUnwrapper>,
    row: Row,
    asked_at: Timestamp,
) -> Result<Arc<Opened>, KeyError> {
    let seed = root
        .unwrap(&row.management, &row.context, &row.sealed)
        .await?;
    erase::after(|| {
        let kek = OpenKek::of(&seed);
        // Otherwise somebody exchanged the public halves, or the seed under them.
        match kek.publics() {
            Ok(publics) if publics == row.publics => Ok(Arc::new(Opened { row, kek, asked_at })),
            _ => Err(KeyError::NotUnwrapped),
        }
    })
}
