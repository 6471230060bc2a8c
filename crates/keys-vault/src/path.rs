//! Names that become parts of a path at Vault. A tenant's record has some of them, so one that would
//! lead to another path than it says must not get through.

/// Longer than any name Vault is given in practice.
const LONGEST: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has to be letters, digits, `-`, `_`, `.`{slashes}, and at most {LONGEST} of them")]
pub struct PathError {
    slashes: &'static str,
}

/// One segment: a key, a role.
pub(crate) fn segment(name: &str) -> Result<&str, PathError> {
    if name.len() <= LONGEST && is_segment(name) {
        Ok(name)
    } else {
        Err(PathError { slashes: "" })
    }
}

/// Segments with slashes between them, and none at the ends: a mount, a namespace.
pub(crate) fn segments(name: &str) -> Result<&str, PathError> {
    if name.len() <= LONGEST && name.split('/').all(is_segment) {
        Ok(name)
    } else {
        Err(PathError {
            slashes: ", slashes between them",
        })
    }
}

fn is_segment(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.is_empty() && name != "." && name != ".." && name.bytes().all(plain)
}

#[cfg(test)]
mod tests;
