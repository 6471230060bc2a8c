//! Looking for a key without having it: canaries and needles are masked wherever they lie, and are
//! whole only in registers.

mod process;

use std::collections::HashSet;

use alloy_primitives::keccak256;

pub(crate) use process::{search, search_file};

const PAGE: usize = 4096;

const MASK: u64 = 0x5a3c_96e1_0f87_d24b;

/// Words of a key, big-endian, the highest first.
const WORDS: usize = 4;

/// A key that only this test knows, masked.
#[derive(Clone, Copy)]
pub(crate) struct Canary([u64; WORDS]);

impl Canary {
    pub(crate) fn new(seed: u64) -> Self {
        // Whatever the hash is, the masked words are what is kept; the key is what they unmask to.
        let hash = keccak256(seed.to_be_bytes());
        let word =
            |at: usize| u64::from_be_bytes(hash[8 * at..8 * at + 8].try_into().unwrap_or([0; 8]));
        // The highest bit stays clear, so that it is below the order of the curve.
        Self([
            (word(0) >> 1) ^ (MASK & (1 << 63)),
            word(1),
            word(2),
            word(3),
        ])
    }

    /// Of bytes that are a key already.
    pub(crate) fn of(bytes: &[u8; 32]) -> Self {
        let (words, _) = bytes.as_chunks::<8>();
        Self(std::array::from_fn(|at| {
            u64::from_be_bytes(words[at]) ^ MASK
        }))
    }

    pub(crate) fn write_into(self, bytes: &mut [u8]) {
        for (place, masked) in bytes.chunks_exact_mut(8).zip(self.0) {
            place.copy_from_slice(&(masked ^ MASK).to_be_bytes());
        }
    }

    /// Every eight bytes in a row, forwards and in the reversed key, masked. Shifts and swaps are done
    /// to what is masked, and the mask is put right: nothing is ever whole.
    fn fragments(self) -> impl Iterator<Item = u64> {
        let forwards = (0..=8 * (WORDS - 1)).map(move |at| {
            let (word, bytes) = (at / 8, at % 8);
            if bytes == 0 {
                return self.0[word];
            }
            let shift = |high: u64, low: u64| (high << (8 * bytes)) | (low >> (64 - 8 * bytes));
            shift(self.0[word], self.0[word + 1]) ^ shift(MASK, MASK) ^ MASK
        });
        forwards.flat_map(|masked| [masked, masked.swap_bytes() ^ MASK.swap_bytes() ^ MASK])
    }
}

/// What is looked for: 32 big-endian bytes, 32 reversed ones and little-endian limbs are all made of
/// these fragments; so is what is written in hexadecimal digits.
pub(crate) struct Needles {
    masked: HashSet<u64>,
    /// Which two bytes end one: asked first, because it is cheap.
    ends: Vec<bool>,
}

impl Needles {
    pub(crate) fn of(canaries: impl IntoIterator<Item = Canary>) -> Self {
        let masked: HashSet<u64> = canaries.into_iter().flat_map(Canary::fragments).collect();
        let mut ends = vec![false; 1 << 16];
        for needle in &masked {
            ends[end(needle ^ MASK)] = true;
        }
        Self { masked, ends }
    }

    /// How many fragments there are, at any offset.
    pub(crate) fn count_in(&self, bytes: &[u8]) -> usize {
        let mut found = 0;
        let (mut raw, mut digits, mut in_a_row) = (0u64, 0u64, 0usize);
        for page in bytes.chunks(PAGE) {
            // Most of a process is empty, and an unoptimised test has no time to look at it.
            if page == &[0; PAGE][..page.len()] {
                (raw, digits, in_a_row) = (0, 0, 0);
                continue;
            }
            for byte in page {
                raw = (raw << 8) | u64::from(*byte);
                found += usize::from(self.has(raw));
                if let Some(digit) = char::from(*byte).to_digit(16) {
                    digits = (digits << 4) | u64::from(digit);
                    in_a_row += 1;
                    found += usize::from(in_a_row >= 16 && self.has(digits));
                } else {
                    in_a_row = 0;
                }
            }
        }
        found
    }

    fn has(&self, window: u64) -> bool {
        self.ends[end(window)] && self.masked.contains(&(window ^ MASK))
    }
}

fn end(window: u64) -> usize {
    usize::from(u16::from_le_bytes([
        window.to_le_bytes()[0],
        window.to_le_bytes()[1],
    ]))
}

/// Whoever finds nothing must be able to find something.
#[test]
fn every_form_is_found() {
    let canary = Canary::new(1);
    let needles = Needles::of([canary]);
    let mut key = [0u8; 32];
    canary.write_into(&mut key);
    assert_eq!(needles.masked.len(), 50);
    let around = |middle: &[u8]| [&[9; 3], middle, &[9; 5]].concat();
    let count = |middle: &[u8]| needles.count_in(&around(middle));
    assert_eq!(count(&key), 25);
    let mut reversed = key;
    reversed.reverse();
    assert_eq!(count(&reversed), 25);
    for at in 0..=24 {
        assert_eq!(count(&key[at..at + 8]), 1, "{at}");
        assert_eq!(count(&reversed[at..at + 8]), 1, "{at}");
        assert_eq!(count(&key[at..at + 7]), 0, "{at}");
    }
    // As libraries keep a number: little-endian limbs from the highest or the lowest.
    let mut limbs = key;
    limbs.chunks_mut(8).for_each(<[u8]>::reverse);
    assert!(count(&limbs) >= 4);
    assert_eq!(count(hex::encode(key).as_bytes()), 25);
    assert_eq!(count(hex::encode_upper(key).as_bytes()), 25);
    assert_eq!(count(&hex::encode(key).as_bytes()[1..17]), 0);
    assert_eq!(Needles::of([Canary::new(2)]).count_in(&around(&key)), 0);
    assert_eq!(Needles::of([Canary::of(&key)]).masked, needles.masked);
}
