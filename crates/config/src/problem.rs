//! What is wrong with a configuration, all of it at once.

use crate::{Origin, Rule};

/// One problem: where, from whom, what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Such as `server.listen`; empty for the file as a whole.
    pub path: String,
    pub origin: Origin,
    pub kind: ProblemKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    #[error("is not valid YAML: {detail}")]
    Yaml { detail: String },
    #[error("{}", unknown(nearest.as_deref()))]
    Unknown { nearest: Option<String> },
    #[error("is no chain id: write CAIP-2, such as eip155:8453")]
    ChainId,
    #[error("holds values, not a value: write them as `key: value` lines below it")]
    NotASection,
    #[error("cannot be read: {detail}")]
    Unreadable { detail: String },
    #[error("refers to the environment variable {name}, which is not set")]
    Unset { name: String },
    #[error("{0}")]
    Broken(#[from] Rule),
}

fn unknown(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("is not a known key; did you mean {nearest}?"),
        None => "is not a known key".to_owned(),
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            write!(f, "{} {}", self.origin, self.kind)
        } else {
            write!(f, "{} ({}) {}", self.path, self.origin, self.kind)
        }
    }
}

/// Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<Problem>);

impl std::fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.as_slice() {
            [only] => only.fmt(f),
            many => {
                write!(f, "configuration has {} problems", many.len())?;
                many.iter()
                    .try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl std::error::Error for ConfigErrors {}
