//! Why a text is no policy document.

use super::read::MAX_DOCUMENT_BYTES;

/// What the YAML reader objects to, in words for people who write policies.
#[derive(Debug)]
pub struct YamlError(pub(super) Box<serde_saphyr::Error>);

impl std::fmt::Display for YamlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            &self
                .0
                .render_with_formatter(&serde_saphyr::UserMessageFormatter),
        )
    }
}

impl std::error::Error for YamlError {}

#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("policy document has {given} bytes, more than {MAX_DOCUMENT_BYTES}")]
    TooLarge { given: usize },
    #[error("policy document is not valid at line {line}, column {column}")]
    Yaml {
        line: u64,
        column: u64,
        #[source]
        source: YamlError,
    },
    #[error("policy document is not valid at line {line}, column {column}")]
    Json {
        line: usize,
        column: usize,
        #[source]
        source: serde_json::Error,
    },
}
