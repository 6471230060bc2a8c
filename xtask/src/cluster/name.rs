//! What a cluster is called. The name is part of paths, of a node's name and of a namespace's.

use super::fault::Fault;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Name(String);

/// The cluster of those who do not name one.
pub(crate) const DEFAULT: &str = "vaultpilot";

const LONGEST: usize = 20;

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The network namespace all parts live in.
    pub(crate) fn namespace(&self) -> String {
        format!("vp-{}", self.0)
    }
}

impl FromStr for Name {
    type Err = Fault;

    fn from_str(name: &str) -> Result<Self, Fault> {
        let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let fits = (1..=LONGEST).contains(&name.len())
            && name.bytes().all(letters)
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && !name.ends_with('-');
        if fits {
            Ok(Self(name.to_owned()))
        } else {
            Err(Fault::Name(name.to_owned()))
        }
    }
}

impl TryFrom<String> for Name {
    type Error = Fault;

    fn try_from(name: String) -> Result<Self, Fault> {
        name.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
