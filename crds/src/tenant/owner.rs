//! Who administers the tenant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Person;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Owner {
    pub kind: OwnerKind,
    /// As the identity provider gives it.
    pub name: Person,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum OwnerKind {
    User,
    Group,
}
