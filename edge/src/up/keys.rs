//! The two sides of the house's keys, over the one root in the data folder.

use std::sync::Arc;

use vaultpilot_control_api::house::{Providers, signing};
use vaultpilot_core::{Clock, Entropy};
use vaultpilot_keys::{
    Holding, KekMac, Keyring, KeyringParts, LocalRootUnwrapper, RootKey, Wrapper, WrapperParts,
};

use super::data::Opened;

/// What both sides are handed.
pub(crate) struct Sides<'a> {
    pub pepper: &'a [u8; 32],
    pub entropy: &'a Arc<dyn Entropy>,
    pub clock: &'a Arc<dyn Clock>,
    pub providers: &'a Providers,
}

impl Sides<'_> {
    /// The side that makes keys.
    pub(crate) fn wrapper(&self, root: &RootKey) -> Wrapper {
        let root = root.wrapper(Arc::clone(self.entropy));
        Wrapper::new(WrapperParts {
            roots: self.providers.wrappers(Arc::new(root)),
            external: self.providers.external_keys(),
            mac: KekMac::new(self.pepper),
            entropy: Arc::clone(self.entropy),
            clock: Arc::clone(self.clock),
        })
    }

    /// The side that signs. The roots go there.
    pub(crate) fn keyring(&self, Opened { root, previous }: Opened) -> Keyring {
        let root = LocalRootUnwrapper::new(root, previous, Arc::clone(self.entropy));
        let root = Arc::new(root);
        Keyring::new(KeyringParts {
            roots: signing::unwrappers(self.providers, root.clone()),
            first: Some(root),
            external: signing::external(self.providers),
            mac: KekMac::new(self.pepper),
            entropy: Arc::clone(self.entropy),
            clock: Arc::clone(self.clock),
            holding: Holding::default(),
        })
    }
}
