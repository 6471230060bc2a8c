//! From what was written to what can be judged. Every problem is told at once, with its place.

mod problem;
mod section;

pub use problem::{CompileError, Problem};

use vaultpilot_core::Asset;

use crate::{Document, Policy};

impl Document {
    /// Checks and compiles the document. Native coins have 18 decimals; of other assets `decimals`
    /// is asked.
    ///
    /// # Errors
    /// When a section is not enforced by this version, or what it says cannot be meant.
    pub fn compile(&self, decimals: &dyn Fn(Asset) -> Option<u8>) -> Result<Policy, CompileError> {
        let mut problems = Vec::new();
        let policy = section::policy(self, decimals, &mut problems);
        if problems.is_empty() {
            Ok(policy)
        } else {
            Err(CompileError { problems })
        }
    }
}

#[cfg(test)]
mod tests;
