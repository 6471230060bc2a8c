//! Randomness that repeats.

use std::sync::atomic::{AtomicU64, Ordering};

use vaultpilot_core::{Entropy, U256};

/// Keccak-256 over a seed and a counter: the same bytes for the same seed, whoever asks.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    counter: AtomicU64,
}

impl SeededEntropy {
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            counter: AtomicU64::new(0),
        }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let count = self.counter.fetch_add(1, Ordering::Relaxed);
            let block: U256 = U256::from(self.seed) << 64 | U256::from(count);
            let block = alloy_primitives::keccak256(block.to_be_bytes::<32>());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}
