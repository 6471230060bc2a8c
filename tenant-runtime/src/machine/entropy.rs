//! The operating system's randomness.

use vaultpilot_core::Entropy;

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OsEntropy;

impl Entropy for OsEntropy {
    /// # Panics
    /// When the operating system has no randomness: hashes without it would hide no credential.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where randomness is handed in"
    )]
    #[expect(clippy::expect_used, reason = "without randomness nothing may go on")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}
