//! Reading a document. Strict: an unknown field, a duplicate key or an unquoted number where text
//! belongs is an error, because a policy that was half understood is worse than none.

use super::{Document, DocumentError, error::YamlError};

/// Larger than any policy people write, small enough to judge in memory.
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;

impl Document {
    /// Reads one YAML document.
    ///
    /// # Errors
    /// When it is too large, no YAML, or not of this shape.
    pub fn from_yaml(text: &str) -> Result<Self, DocumentError> {
        fits(text)?;
        let options = serde_saphyr::options! {
            // `perTx: 0.1` would be a float to every other reader; `"0.1"` is the same to all.
            no_schema: true,
            with_snippet: false,
        };
        serde_saphyr::from_str_with_options(text, options).map_err(|source| {
            let at = source.location();
            DocumentError::Yaml {
                line: at.map_or(1, |at| at.line()),
                column: at.map_or(1, |at| at.column()),
                source: YamlError(Box::new(source)),
            }
        })
    }

    /// Reads one JSON document.
    ///
    /// # Errors
    /// When it is too large, no JSON, or not of this shape.
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        fits(text)?;
        serde_json::from_str(text).map_err(|source| DocumentError::Json {
            line: source.line(),
            column: source.column(),
            source,
        })
    }
}

fn fits(text: &str) -> Result<(), DocumentError> {
    let given = text.len();
    if given > MAX_DOCUMENT_BYTES {
        Err(DocumentError::TooLarge { given })
    } else {
        Ok(())
    }
}
