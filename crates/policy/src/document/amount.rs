//! An amount in token units as it was written. It becomes an integer at compile, when the asset's
//! decimals are known.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("pattern" = "^[0-9]+([.][0-9]+)?$"))]
pub struct AmountText(pub String);

impl AmountText {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
