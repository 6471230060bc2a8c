//! The pages as `/proc` tells of them.

use std::io::ErrorKind;
use std::os::unix::fs::FileExt as _;

use vaultpilot_secret::{Protection, Secret, protection};

/// What the kernel says of the mapping that this address lies in.
pub(crate) struct Mapping {
    pub(crate) name: String,
    pub(crate) flags: Vec<String>,
}

impl Mapping {
    pub(crate) fn of(place: u64) -> Option<Self> {
        let maps = std::fs::read_to_string("/proc/self/smaps").expect("Linux");
        let mut inside = false;
        let mut name = String::new();
        for line in maps.lines() {
            if let Some(flags) = line.strip_prefix("VmFlags:") {
                if inside {
                    let flags = flags.split_whitespace().map(str::to_owned).collect();
                    return Some(Self { name, flags });
                }
                continue;
            }
            let range = line.split_whitespace().next().and_then(|range| {
                let (from, to) = range.split_once('-')?;
                let parse = |text| u64::from_str_radix(text, 16).ok();
                Some(parse(from)?..parse(to)?)
            });
            if let Some(range) = range {
                inside = range.contains(&place);
                line.clone_into(&mut name);
            }
        }
        None
    }

    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|found| found == flag)
    }
}

pub(crate) fn place(secret: &Secret) -> u64 {
    secret.bytes().as_ptr().addr() as u64
}

/// Reads as a debugger would.
pub(crate) fn peek(place: u64) -> std::io::Result<[u8; 8]> {
    let mut found = [0; 8];
    std::fs::File::open("/proc/self/mem")?.read_exact_at(&mut found, place)?;
    Ok(found)
}

/// Every kernel that tests run on has `memfd_secret`; one that had not would pass these tests by
/// proving nothing.
#[test]
fn secrets_lie_where_nobody_else_can_read() {
    assert_eq!(protection(), Protection::Guarded);
    let mut secret = Secret::empty();
    secret.bytes_mut().fill(0xa5);
    let mapping = Mapping::of(place(&secret)).unwrap();
    assert!(mapping.name.contains("secretmem"), "{}", mapping.name);
    // Locked, and left out of dumps.
    assert!(
        mapping.has("lo") && mapping.has("dd"),
        "{:?}",
        mapping.flags
    );
    // This works for memory like any other, and not for this.
    let plain = Box::new([0xa5; 8]);
    assert_eq!(peek(plain.as_ptr().addr() as u64).unwrap(), *plain);
    let refused = peek(place(&secret)).unwrap_err();
    assert_ne!(refused.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(
        refused.raw_os_error(),
        Some(rustix::io::Errno::IO.raw_os_error())
    );
}

#[test]
fn a_secret_stays_where_it_is() {
    let mut secret = Secret::empty();
    secret.bytes_mut().fill(7);
    let before = place(&secret);
    let moved = [Box::new(secret)];
    assert_eq!(place(&moved[0]), before);
    assert_eq!(moved[0].bytes(), &[7; Secret::LEN]);
}
