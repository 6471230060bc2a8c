//! Tar archives (ustar) that depend on nothing but what is put in: no times, no names of users, the
//! entries in the order given.

use std::io::{self, Read, Write};

const BLOCK: usize = 512;

/// What an entry is, besides its path and rights.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    File { size: u64 },
    Folder,
    Link { target: &'a str },
}

#[derive(Debug)]
pub(super) struct Head<'a> {
    /// Relative, without a leading slash.
    pub(super) path: &'a str,
    pub(super) mode: u32,
    /// Both the user and the group.
    pub(super) owner: u32,
    pub(super) kind: Kind<'a>,
}

#[derive(Debug)]
pub(super) struct Archive<W> {
    to: W,
}

impl<W: Write> Archive<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to }
    }

    pub(super) fn folder(&mut self, path: &str, mode: u32, owner: u32) -> io::Result<()> {
        self.head(&Head {
            path: &format!("{path}/"),
            mode,
            owner,
            kind: Kind::Folder,
        })
    }

    pub(super) fn link(&mut self, path: &str, target: &str) -> io::Result<()> {
        self.head(&Head {
            path,
            mode: 0o777,
            owner: 0,
            kind: Kind::Link { target },
        })
    }

    pub(super) fn bytes(&mut self, path: &str, mode: u32, bytes: &[u8]) -> io::Result<()> {
        let size = u64::try_from(bytes.len()).map_err(io::Error::other)?;
        self.file(path, mode, size, bytes)
    }

    /// Exactly `size` bytes must come from `content`.
    pub(super) fn file(
        &mut self,
        path: &str,
        mode: u32,
        size: u64,
        content: impl Read,
    ) -> io::Result<()> {
        self.head(&Head {
            path,
            mode,
            owner: 0,
            kind: Kind::File { size },
        })?;
        if io::copy(&mut content.take(size), &mut self.to)? != size {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("{path} is shorter than it was"),
            ));
        }
        let over = usize::try_from(size % 512).map_err(io::Error::other)?;
        if over > 0 {
            self.to.write_all(&[0; BLOCK][over..])?;
        }
        Ok(())
    }

    /// Ends the archive and gives back what it was written to.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.to.write_all(&[0; BLOCK * 2])?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn head(&mut self, head: &Head<'_>) -> io::Result<()> {
        self.to.write_all(&block(head)?)
    }
}

/// The header of one entry.
pub(super) fn block(head: &Head<'_>) -> io::Result<[u8; BLOCK]> {
    let (kind, size, target) = match head.kind {
        Kind::File { size } => (b'0', size, ""),
        Kind::Link { target } => (b'2', 0, target),
        Kind::Folder => (b'5', 0, ""),
    };
    let (prefix, name) = split(head.path)?;
    let mut block = [0; BLOCK];
    text(&mut block[0..100], name)?;
    octal(&mut block[100..108], u64::from(head.mode))?;
    octal(&mut block[108..116], u64::from(head.owner))?;
    octal(&mut block[116..124], u64::from(head.owner))?;
    octal(&mut block[124..136], size)?;
    octal(&mut block[136..148], 0)?;
    block[148..156].fill(b' ');
    block[156] = kind;
    text(&mut block[157..257], target)?;
    block[257..265].copy_from_slice(b"ustar\x0000");
    text(&mut block[345..500], prefix)?;
    let sum: u64 = block.iter().map(|&byte| u64::from(byte)).sum();
    octal(&mut block[148..155], sum)?;
    Ok(block)
}

/// A path above 100 bytes is split at a slash.
fn split(path: &str) -> io::Result<(&str, &str)> {
    if path.len() <= 100 {
        return Ok(("", path));
    }
    let fits = |&(at, _): &(usize, &str)| at <= 155 && path.len() - at - 1 <= 100;
    path.match_indices('/')
        .find(fits)
        .map(|(at, _)| (&path[..at], &path[at + 1..]))
        .ok_or_else(|| too_long(path))
}

fn text(field: &mut [u8], value: &str) -> io::Result<()> {
    field
        .get_mut(..value.len())
        .ok_or_else(|| too_long(value))?
        .copy_from_slice(value.as_bytes());
    Ok(())
}

fn octal(field: &mut [u8], value: u64) -> io::Result<()> {
    let width = field.len() - 1;
    let digits = format!("{value:0width$o}");
    if digits.len() > width {
        return Err(too_long(&digits));
    }
    text(field, &digits)
}

fn too_long(value: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("`{value}` does not fit into an archive's header"),
    )
}
