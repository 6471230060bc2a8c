//! The entropy that is handed in, as HPKE asks for it.

use std::convert::Infallible;

use hpke::rand_core::{TryCryptoRng, TryRng};
use vaultpilot_core::Entropy;

pub(crate) struct Draw<'a>(pub(crate) &'a dyn Entropy);

impl TryRng for Draw<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

/// Every real `Entropy` is the operating system's.
impl TryCryptoRng for Draw<'_> {}
