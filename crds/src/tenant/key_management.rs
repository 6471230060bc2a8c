//! What wraps the tenant's keys. No key material is ever in an object of the cluster.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Path;

/// What wraps the tenant's keys. `KeyManagementReady` says whether the control API can use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("has(self.vault) == (self.provider == 'Vault')")
        .message("vault belongs to provider Vault, which needs it"),
    validation = Rule::new("has(self.awsKms) == (self.provider == 'AwsKms')")
        .message("awsKms belongs to provider AwsKms, which needs it")
)]
pub struct KeyManagement {
    pub provider: KeyProvider,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault: Option<VaultTransit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws_kms: Option<AwsKms>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum KeyProvider {
    /// The transit engine of Vault or OpenBao.
    Vault,
    /// A key of AWS KMS.
    AwsKms,
    /// The control API's own root key.
    Local,
}

/// A key of Vault's transit engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VaultTransit {
    /// Where the transit engine is mounted, such as `/transit`.
    pub transit_mount: Path,
    #[schemars(length(max = 128), regex(pattern = "^[A-Za-z0-9._-]+$"))]
    pub key_name: String,
    /// The role the control API takes on.
    #[schemars(length(max = 128), regex(pattern = "^[A-Za-z0-9._-]+$"))]
    pub role: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsKms {
    #[schemars(
        length(max = 256),
        regex(pattern = "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+$")
    )]
    pub key_arn: String,
}
