//! Whom the tenant's pods may talk to. Everything is denied that is not needed or named here.

use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Cidr, LabelValue};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantNetwork {
    /// Who may call the pods' MCP port, beside the gateway.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub ingress_from: Vec<NetworkPeer>,
    /// What the pods may reach, beside DNS, the control API and the RPC endpoints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub extra_egress: Vec<ExtraEgress>,
    /// The cluster's DNS, where it is not `k8s-app: kube-dns` in `kube-system`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_peer: Option<DnsPeer>,
}

/// Pods by label, or a network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("has(self.cidr) != (has(self.namespaceLabels) || has(self.podLabels))")
    .message("a peer is pods (namespaceLabels, podLabels) or a cidr, exactly one of the two"))]
pub struct NetworkPeer {
    /// Pods of the namespaces with these labels; of the tenant's own when absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("minProperties" = 1, "maxProperties" = 16))]
    pub namespace_labels: BTreeMap<String, LabelValue>,
    /// Pods with these labels; all when absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("minProperties" = 1, "maxProperties" = 16))]
    pub pod_labels: BTreeMap<String, LabelValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("isCIDR(self)")
        .message("a peer's cidr is a network such as 10.0.0.0/8"))]
    pub cidr: Option<Cidr>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExtraEgress {
    #[x_kube(
        validation = Rule::new("isCIDR(self)")
            .message("the cidr of extraEgress is a network such as 10.0.0.0/8"),
        validation = Rule::new("!isCIDR(self) || (cidr(self).ip().family() == 4 ? !cidr(self).containsIP('169.254.169.254') : !cidr(self).containsIP('fd00:ec2::254'))")
            .message("extraEgress must not reach the metadata address; name a smaller network")
            .reason(Reason::FieldValueForbidden)
    )]
    pub cidr: Cidr,
    #[schemars(length(min = 1, max = 16))]
    pub ports: Vec<EgressPort>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EgressPort {
    #[schemars(range(min = 1, max = 65535))]
    pub port: i32,
    #[serde(default)]
    pub protocol: PortProtocol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum PortProtocol {
    #[default]
    #[serde(rename = "TCP")]
    Tcp,
    #[serde(rename = "UDP")]
    Udp,
}

/// The pods that answer DNS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DnsPeer {
    #[schemars(extend("minProperties" = 1, "maxProperties" = 16))]
    pub namespace_labels: BTreeMap<String, LabelValue>,
    #[schemars(extend("minProperties" = 1, "maxProperties" = 16))]
    pub pod_labels: BTreeMap<String, LabelValue>,
}
