//! Whether a program needs anything beside itself: in an image of one file it would not start.

use crate::cluster::Fault;
use crate::error::Error;
use std::fs;
use std::path::Path;

pub(super) fn require_static(path: &Path) -> Result<(), Error> {
    let bytes = fs::read(path).map_err(Error::file("read", path))?;
    match interpreter(&bytes) {
        None => Ok(()),
        Some(interpreter) => Err(Fault::NotStatic {
            path: path.to_path_buf(),
            interpreter,
        }
        .into()),
    }
}

/// Whether the file is a program or a library that is put together when it is started.
pub(super) fn is_dynamic(path: &Path) -> bool {
    const DYNAMIC: u32 = 2;
    let elf = fs::read(path).unwrap_or_default();
    elf.starts_with(b"\x7fELF") && segment(&elf, DYNAMIC).is_some()
}

/// The loader that a dynamic program names in its program headers (ELF, 64 bits, little end first).
pub(super) fn interpreter(elf: &[u8]) -> Option<String> {
    const INTERPRETER: u32 = 3;
    let header = segment(elf, INTERPRETER)?;
    let start = number8(elf, header + 8)?;
    let length = number8(elf, header + 32)?;
    let name = elf.get(start..start.checked_add(length)?)?;
    Some(
        String::from_utf8_lossy(name)
            .trim_end_matches('\0')
            .to_owned(),
    )
}

/// Where the header of the first segment of a kind is.
fn segment(elf: &[u8], kind: u32) -> Option<usize> {
    let table = number8(elf, 32)?;
    let size = usize::from(number2(elf, 54)?);
    let count = usize::from(number2(elf, 56)?);
    let mut headers = (0..count).map(|index| table.saturating_add(index * size));
    headers.find(|&at| number4(elf, at) == Some(kind))
}

fn number2(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn number4(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn number8(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?)).ok()
}
