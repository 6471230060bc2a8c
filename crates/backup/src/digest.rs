//! Hashing what passes by.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

/// What went through a [`Digesting`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub bytes: u64,
    /// How many line feeds: the rows of a table.
    pub lines: u64,
    /// SHA-256, as hexadecimal digits.
    pub sha256: String,
}

/// A reader that remembers the hash of all that was read through it.
pub struct Digesting<R> {
    inner: R,
    hasher: Sha256,
    bytes: u64,
    lines: u64,
}

impl<R: Read> Digesting<R> {
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            hasher: Sha256::new(),
            bytes: 0,
            lines: 0,
        }
    }

    /// Reads what is left.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn finish(mut self) -> io::Result<Counted> {
        let mut rest = [0u8; 16 * 1024];
        while self.read(&mut rest)? > 0 {}
        Ok(Counted {
            bytes: self.bytes,
            lines: self.lines,
            sha256: hex::encode(self.hasher.finalize()),
        })
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        let seen = into.get(..count).unwrap_or_default();
        self.hasher.update(seen);
        self.bytes = self.bytes.saturating_add(count as u64);
        let lines = seen.split(|byte| *byte == b'\n').count().saturating_sub(1);
        self.lines = self.lines.saturating_add(lines as u64);
        Ok(count)
    }
}
