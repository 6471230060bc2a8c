//! Looking for a key without having it: canary and needles are masked wherever they lie, and are
//! whole only in registers.

use std::collections::HashSet;
use std::io::{Read as _, Seek as _, SeekFrom};

use alloy_primitives::keccak256;

const PAGE: usize = 4096;

const MASK: u64 = 0x5a3c_96e1_0f87_d24b;

/// A key that only this test knows, masked.
#[derive(Clone, Copy)]
pub(crate) struct Canary([u64; 4]);

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

    pub(crate) fn write_into(self, bytes: &mut [u8]) {
        for (place, masked) in bytes.chunks_exact_mut(8).zip(self.0) {
            place.copy_from_slice(&(masked ^ MASK).to_be_bytes());
        }
    }
}

/// Every 8-byte fragment, forwards and reversed, masked: 32 big-endian bytes, 32 reversed bytes and
/// little-endian limbs are all made of these.
pub(crate) struct Needles {
    masked: HashSet<u64>,
    /// Which bytes end one: asked first, because it is cheap.
    last: [bool; 256],
}

impl Needles {
    pub(crate) fn of(canary: Canary) -> Self {
        // Unmasking all words at once would write the key down; masked words give masked fragments
        // only where they are aligned, which is where words and limbs are.
        let forwards = canary.0;
        let backwards = canary.0.map(|masked| (masked ^ MASK).swap_bytes() ^ MASK);
        let masked: HashSet<u64> = forwards.into_iter().chain(backwards).collect();
        let mut last = [false; 256];
        for needle in &masked {
            last[usize::from((needle ^ MASK).to_be_bytes()[7])] = true;
        }
        Self { masked, last }
    }

    /// How many fragments there are, at any offset.
    pub(crate) fn count_in(&self, bytes: &[u8]) -> usize {
        let mut found = 0;
        let mut window = 0u64;
        for page in bytes.chunks(PAGE) {
            // Most of a process is empty, and an unoptimised test has no time to look at it.
            if page == &[0; PAGE][..page.len()] {
                window = 0;
                continue;
            }
            for byte in page {
                window = (window << 8) | u64::from(*byte);
                if self.last[usize::from(*byte)] && self.masked.contains(&(window ^ MASK)) {
                    found += 1;
                }
            }
        }
        found
    }

    /// How many fragments there are in what this process can write to.
    pub(crate) fn count_in_process(&self) -> usize {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux");
        let mut memory = std::fs::File::open("/proc/self/mem").expect("our own");
        // One buffer, zeroed after every use: it must not be where the next look finds something.
        let mut buffer = vec![0u8; 1 << 20];
        let mut found = 0;
        for line in maps.lines() {
            let mut columns = line.split_ascii_whitespace();
            let (Some(range), Some(mode)) = (columns.next(), columns.next()) else {
                continue;
            };
            let special = line.ends_with("[vvar]") || line.ends_with("[vsyscall]");
            if !mode.starts_with("rw") || special {
                continue;
            }
            let Some((from, to)) = range.split_once('-') else {
                continue;
            };
            let parse = |text| u64::from_str_radix(text, 16).expect("an address");
            let (mut from, to) = (parse(from), parse(to));
            let own = buffer.as_ptr().addr() as u64;
            let own_end = own + buffer.len() as u64;
            while from < to {
                if (own..own_end).contains(&from) {
                    from = own_end;
                    continue;
                }
                let end = if from < own { to.min(own) } else { to };
                let size = usize::try_from(end - from)
                    .unwrap_or(usize::MAX)
                    .min(buffer.len());
                if memory.seek(SeekFrom::Start(from)).is_ok() {
                    let read = memory.read(&mut buffer[..size]).unwrap_or(0);
                    found += self.count_in(&buffer[..read]);
                    buffer.fill(0);
                }
                from += size as u64;
            }
        }
        found
    }
}
