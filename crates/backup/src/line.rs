//! Lines of a backup, none of them longer than a row can be.

use std::io::{self, BufRead as _, BufReader, Read};

/// An import of as many keys as are taken at once has some five mebibytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// Reads no further than that: whoever wrote the file may have written anything.
pub struct Lines<R>(BufReader<R>);

impl<R: Read> Lines<R> {
    pub fn of(content: R) -> Self {
        Self(BufReader::new(content))
    }
}

impl<R: Read> Iterator for Lines<R> {
    type Item = io::Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        // One for the end of the line.
        let limit = LONGEST as u64 + 1;
        match (&mut self.0).take(limit).read_until(b'\n', &mut line) {
            Err(error) => return Some(Err(error)),
            Ok(0) => return None,
            Ok(_) => {}
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        if line.len() > LONGEST {
            let error = io::Error::new(io::ErrorKind::InvalidData, "line is longer than any row");
            return Some(Err(error));
        }
        let text = String::from_utf8(line);
        Some(text.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error())))
    }
}

#[cfg(test)]
mod tests;
