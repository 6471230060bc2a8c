//! Thirty-two bytes nobody may see.

use zeroize::Zeroize as _;

use crate::arena::{self, Slot};

/// A key. It stays where it is made, in pages kept for secrets, and moving a `Secret` leaves no copy
/// behind; erased when dropped. It has no `Debug`, no `Display`, no `Clone` and no `Serialize`, and
/// must never get one.
pub struct Secret(
    /// `None` only within `drop`.
    Option<Slot>,
);

impl Secret {
    pub const LEN: usize = 32;

    /// Zeros, to be filled in place.
    #[must_use]
    pub fn empty() -> Self {
        Self(Some(arena::take()))
    }

    #[expect(
        clippy::missing_panics_doc,
        reason = "a `Secret` that is there has its slot"
    )]
    pub fn bytes(&self) -> &[u8; Self::LEN] {
        self.0.as_deref().expect("only `drop` takes the slot")
    }

    #[expect(
        clippy::missing_panics_doc,
        reason = "a `Secret` that is there has its slot"
    )]
    pub fn bytes_mut(&mut self) -> &mut [u8; Self::LEN] {
        self.0.as_deref_mut().expect("only `drop` takes the slot")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            slot.zeroize();
            arena::give_back(slot);
        }
    }
}
