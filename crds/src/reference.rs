//! References by name. All of them stay in one namespace: no object reaches into another tenant's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Name, ObjectName};

/// An object of a known kind in the same namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NameRef {
    pub name: Name,
}

impl From<&str> for NameRef {
    fn from(name: &str) -> Self {
        Self { name: name.into() }
    }
}

/// A key of a Secret in the same namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecretKeyRef {
    /// The Secret.
    pub name: ObjectName,
    /// Which of its keys.
    #[schemars(length(max = 253), regex(pattern = "^[-._a-zA-Z0-9]+$"))]
    pub key: String,
}
