//! Where secrets lie: slots of 32 bytes in pages of their own, for the whole process.
//!
//! A slot is a borrow that never ends, of memory that is never given back: it does not move, and
//! whoever has it is the only one who has it. That is all the safety there is to prove, and the
//! compiler proves it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::page::{self, PAGE};
use crate::{Protection, Secret};

pub(crate) type Slot = &'static mut [u8; Secret::LEN];

const SLOTS_OF_A_PAGE: usize = PAGE / Secret::LEN;

/// Pages are asked for in lots as large as all that was asked for before, and not above this: a
/// guarded lot costs a file descriptor.
const LARGEST_LOT: usize = 64;

static ARENA: Mutex<Arena> = Mutex::new(Arena::new());

/// A slot of zeros.
pub(crate) fn take() -> Slot {
    arena().take()
}

/// Takes a slot back. It is erased by then.
pub(crate) fn give_back(slot: Slot) {
    arena().free.push(slot);
}

pub(crate) fn protection() -> Protection {
    arena().protection()
}

/// Nothing panics while the lock is held; if it did, whole slots are all that is in there.
fn arena() -> MutexGuard<'static, Arena> {
    ARENA.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Arena {
    /// The last one given back is the first one used again.
    free: Vec<Slot>,
    pages: usize,
    worst: Protection,
}

impl Arena {
    const fn new() -> Self {
        Self {
            free: Vec::new(),
            pages: 0,
            worst: Protection::Guarded,
        }
    }

    fn take(&mut self) -> Slot {
        loop {
            if let Some(slot) = self.free.pop() {
                return slot;
            }
            self.grow();
        }
    }

    fn protection(&mut self) -> Protection {
        if self.pages == 0 {
            self.grow();
        }
        self.worst
    }

    fn grow(&mut self) {
        let (bytes, protection) = page::map(self.pages.clamp(1, LARGEST_LOT));
        self.worst = self.worst.max(protection);
        self.pages += bytes.len() / PAGE;
        // Room for every slot there is: giving one back never asks the allocator.
        self.free.reserve(self.pages * SLOTS_OF_A_PAGE);
        let (slots, _) = bytes.as_chunks_mut::<{ Secret::LEN }>();
        // The lowest address comes first.
        self.free.extend(slots.iter_mut().rev());
    }
}

#[cfg(test)]
mod tests;
