//! All memory of a process, and of one that is no more.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::Needles;

/// What a search came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) fragments: usize,
    /// How much was looked at, in bytes.
    pub(crate) read: u64,
    /// The mappings nobody may read.
    pub(crate) refused: Vec<String>,
}

const BUFFER: usize = 1 << 20;

/// Looks through everything a process can read or write, as a debugger would.
pub(crate) fn search(pid: u32, needles: &Needles) -> Found {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("a process");
    let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).expect("one of ours");
    // One buffer, zeroed after every use: it must not be where the next look finds something.
    let mut buffer = vec![0u8; BUFFER];
    let own = buffer.as_ptr().addr() as u64;
    let own = own..own + buffer.len() as u64;
    let mut found = Found::default();
    for line in maps.lines() {
        let mut columns = line.split_ascii_whitespace();
        let (Some(range), Some(mode)) = (columns.next(), columns.next()) else {
            continue;
        };
        // The kernel's own pages, the same for everybody.
        let special = ["[vvar]", "[vvar_vclock]", "[vsyscall]"];
        if !mode.starts_with('r') || special.iter().any(|name| line.ends_with(name)) {
            continue;
        }
        let Some((from, to)) = range.split_once('-') else {
            continue;
        };
        let parse = |text| u64::from_str_radix(text, 16).expect("an address");
        let (mut from, to) = (parse(from), parse(to));
        while from < to {
            let mine = pid == std::process::id();
            if mine && own.contains(&from) {
                from = own.end;
                continue;
            }
            let end = if mine && from < own.start {
                to.min(own.start)
            } else {
                to
            };
            let size = usize::try_from(end - from).unwrap_or(BUFFER).min(BUFFER);
            memory.seek(SeekFrom::Start(from)).expect("an offset");
            let part = &mut buffer[..size];
            if memory.read_exact(part).is_ok() {
                found.fragments += needles.count_in(part);
                found.read += size as u64;
            } else {
                found.refused.push(line.to_owned());
            }
            buffer.fill(0);
            from += size as u64;
        }
    }
    found
}

/// Looks through a file, as large as it may be.
pub(crate) fn search_file(path: &Path, needles: &Needles) -> Found {
    let mut file = std::fs::File::open(path).expect("a file");
    let mut buffer = vec![0u8; BUFFER];
    let mut found = Found::default();
    // What ends one part begins the next: no fragment lies across, written in digits neither.
    let mut kept = 0;
    loop {
        let read = file.read(&mut buffer[kept..]).expect("a file");
        if read == 0 {
            return found;
        }
        let all = kept + read;
        found.fragments += needles.count_in(&buffer[..all]);
        found.read += read as u64;
        let next = all.min(15);
        buffer.copy_within(all - next..all, 0);
        kept = next;
    }
}
