//! Looks for keys in what others can see, in whatever way they may be written.

use std::collections::HashSet;

/// Eight bytes in a row of any of these keys, or of one reversed, are looked for: as bytes, as
/// hexadecimal digits, in base64 at any offset, and as the numbers that `{:?}` prints.
pub(crate) struct Seek(HashSet<u64>);

impl Seek {
    pub(crate) fn keys(keys: &[[u8; 32]]) -> Self {
        let mut needles = HashSet::new();
        for key in keys {
            let mut reversed = *key;
            reversed.reverse();
            for bytes in [key, &reversed] {
                for window in bytes.windows(8) {
                    needles.insert(
                        window
                            .iter()
                            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
                    );
                }
            }
        }
        Self(needles)
    }

    /// How often something of a key is there.
    pub(crate) fn count_in(&self, seen: &[u8]) -> usize {
        let (mut bytes, mut digits, mut numbers) = (0u64, 0u64, 0u64);
        let (mut sextets, mut number) = (0u128, None::<u64>);
        let mut found = 0;
        for byte in seen {
            bytes = bytes << 8 | u64::from(*byte);
            found += self.has(bytes);
            // What breaks a row of digits makes a window that is no part of a key.
            if let Some(digit) = char::from(*byte).to_digit(16) {
                digits = digits << 4 | u64::from(digit);
                found += self.has(digits);
            }
            if let Some(sextet) = sextet(*byte) {
                sextets = sextets << 6 | u128::from(sextet);
                for shift in [0, 2, 4] {
                    let [low, _] = halves(sextets >> shift);
                    found += self.has(low);
                }
            }
            if let Some(digit) = char::from(*byte).to_digit(10) {
                let longer = number.unwrap_or_default() * 10 + u64::from(digit);
                number = Some(longer.min(999));
            } else if let Some(whole) = number.take() {
                numbers = numbers << 8 | whole & 0xff;
                found += self.has(numbers);
            }
        }
        found
    }

    fn has(&self, window: u64) -> usize {
        usize::from(self.0.contains(&window))
    }
}

fn halves(wide: u128) -> [u64; 2] {
    let bytes = wide.to_le_bytes();
    let word = |from: usize| u64::from_le_bytes(bytes[from..from + 8].try_into().unwrap());
    [word(0), word(8)]
}

/// In either alphabet.
fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// Whoever finds nothing must be able to find something.
#[test]
fn every_way_to_write_a_key_is_found() {
    let key: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap() * 7 + 1);
    let seek = Seek::keys(&[key]);
    let mut reversed = key;
    reversed.reverse();
    let around = |text: &[u8]| [b"{\"x\":\"", text, b"\"}"].concat();
    for written in [
        key.to_vec(),
        reversed.to_vec(),
        key[13..21].to_vec(),
        reversed[2..10].to_vec(),
        hex::encode(key).into_bytes(),
        hex::encode_upper(&key[3..11]).into_bytes(),
        format!("{key:?}").into_bytes(),
        format!("{:?}", &key[5..13]).into_bytes(),
        // Three texts of Python's base64: of the key, and of it after one and after two bytes.
        b"AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09o=".to_vec(),
        b"_wEIDxYdJCsyOUBHTlVcY2pxeH-GjZSboqmwt77FzNPa".to_vec(),
        b"//8BCA8WHSQrMjlAR05VXGNqcXh/ho2Um6KpsLe+xczT2g==".to_vec(),
    ] {
        let text = around(&written);
        assert!(
            seek.count_in(&text) > 0,
            "{}",
            String::from_utf8_lossy(&text)
        );
    }
    for harmless in [&key[..7], &[0; 4096], hex::encode(&key[..7]).as_bytes()] {
        assert_eq!(seek.count_in(&around(harmless)), 0);
    }
}
