//! Thirty-two bytes nobody may see.

use zeroize::Zeroize as _;

/// A key. Boxed, so that moving it leaves no copy behind; erased when dropped. It has no `Debug`,
/// no `Display`, no `Clone` and no `Serialize`, and must never get one.
pub(crate) struct Secret(Box<[u8; Secret::LEN]>);

impl Secret {
    pub(crate) const LEN: usize = 32;

    /// Zeros, to be filled in place.
    pub(crate) fn empty() -> Self {
        Self(Box::new([0; Self::LEN]))
    }

    pub(crate) fn bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8; Self::LEN] {
        &mut self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
