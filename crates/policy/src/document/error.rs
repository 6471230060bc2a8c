//! Why a text is no policy document.

use super::read::MAX_DOCUMENT_BYTES;

#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("policy document has {given} bytes, more than {MAX_DOCUMENT_BYTES}")]
    TooLarge { given: usize },
    #[error("policy document is not valid at line {line}, column {column}")]
    Yaml {
        line: u64,
        column: u64,
        #[source]
        source: Box<serde_saphyr::Error>,
    },
    #[error("policy document is not valid at line {line}, column {column}")]
    Json {
        line: usize,
        column: usize,
        #[source]
        source: serde_json::Error,
    },
}
