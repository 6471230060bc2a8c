//! Thirty-two bytes nobody may see.

use zeroize::Zeroize as _;

/// A key. Boxed, so that moving it leaves no copy behind; erased when dropped. It has no `Debug`,
/// no `Display`, no `Clone` and no `Serialize`, and must never get one.
pub struct Secret(Box<[u8; Secret::LEN]>);

impl Secret {
    pub const LEN: usize = 32;

    /// Zeros, to be filled in place.
    #[must_use]
    pub fn empty() -> Self {
        Self(Box::new([0; Self::LEN]))
    }

    pub fn bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    pub fn bytes_mut(&mut self) -> &mut [u8; Self::LEN] {
        &mut self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
