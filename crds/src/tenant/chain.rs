//! A chain of a tenant and how it is reached.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::reference::SecretKeyRef;
use crate::value::{ChainId, Url};

/// A chain. Without `rpcSecretRef` and `endpoints` it is reached as the control plane reaches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!(has(self.rpcSecretRef) && has(self.endpoints))")
    .message("a chain has rpcSecretRef or endpoints, not both"))]
pub struct TenantChain {
    /// In CAIP-2, such as `eip155:8453`.
    pub id: ChainId,
    /// A Secret of the tenant's namespace with the URL of an RPC endpoint: for URLs that hold a
    /// credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpc_secret_ref: Option<SecretKeyRef>,
    /// URLs of RPC endpoints, the first that answers is used. A URL with a credential in it
    /// belongs in a Secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 8), extend("x-kubernetes-list-type" = "set"))]
    pub endpoints: Vec<Url>,
    /// Blocks until a transaction counts as final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1000))]
    pub confirmations: Option<i32>,
    #[serde(default = "super::yes")]
    pub enabled: bool,
}
