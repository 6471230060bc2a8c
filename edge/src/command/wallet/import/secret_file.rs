//! Secrets out of files and pipes, erased when they were used.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use zeroize::{Zeroize as _, Zeroizing};

use super::ImportError;

/// Whatever is a key, a password or a keystore is shorter.
const MAX: usize = 64 * 1024;

/// The text of a file, or of standard input where the path is `-`.
///
/// # Errors
/// When it cannot be read, is no text, or would be typed in sight.
pub(crate) fn secret_text(path: &Path) -> Result<Zeroizing<String>, ImportError> {
    let failed = |source| ImportError::Read {
        path: path.to_owned(),
        source,
    };
    let bytes = if path == Path::new("-") {
        let input = io::stdin();
        if input.is_terminal() {
            return Err(ImportError::Terminal);
        }
        bounded(&mut input.lock())
    } else {
        File::open(path).and_then(|mut file| bounded(&mut file))
    };
    let not_text = || ImportError::NotText {
        path: path.to_owned(),
        max: MAX,
    };
    let bytes = bytes.map_err(failed)?.ok_or_else(not_text)?;
    String::from_utf8(bytes)
        .map(Zeroizing::new)
        .map_err(|error| {
            error.into_bytes().zeroize();
            not_text()
        })
}

/// `None` when there is more. The buffer never grows, so nothing is left where it was.
fn bounded(from: &mut dyn Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; MAX + 1]);
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes
        .get(..filled)
        .filter(|text| text.len() <= MAX)
        .map(<[u8]>::to_vec))
}
