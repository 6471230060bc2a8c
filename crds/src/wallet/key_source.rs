//! Where a wallet's key comes from.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reference::SecretKeyRef;
use crate::value::ExternalKeyId;

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("has(self.importBundleRef) == (self.type == 'Import')")
        .message("importBundleRef belongs to key source Import, which needs it"),
    validation = Rule::new("has(self.externalKeyId) == (self.type == 'External')")
        .message("externalKeyId belongs to key source External, which needs it")
)]
pub struct KeySource {
    #[serde(default, rename = "type")]
    pub kind: KeySourceType,
    /// A Secret of this namespace with a key sealed to the control API's public key: nobody in
    /// the cluster can open it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import_bundle_ref: Option<SecretKeyRef>,
    /// A key that lives elsewhere, by the name it has there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_key_id: Option<ExternalKeyId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum KeySourceType {
    /// The control API makes it.
    #[default]
    Generate,
    Import,
    External,
}
