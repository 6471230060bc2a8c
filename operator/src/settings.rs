//! What the operator is told once, at its start, and builds every tenant with.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::name::Namespace;

/// Labels that pods are chosen by.
pub type Labels = BTreeMap<String, String>;

#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the operator and the control API live.
    pub system_namespace: Namespace,
    pub runtime: RuntimeImage,
    pub control_api: ControlApi,
    /// PEM of what signed the control API's certificate; tenants' pods are given it.
    pub server_ca: String,
    /// The operator's own pods: they verify endpoints.
    pub operator_pods: Labels,
    /// Who may read the pods' metrics; nobody when absent.
    pub prometheus: Option<PodPeer>,
    /// Where the Ingress controller's pods are.
    pub ingress_namespace: Option<Namespace>,
    /// Where traces go; nowhere when absent.
    pub otlp: Option<Otlp>,
    pub cluster_domain: String,
    /// The cluster's own ranges of pods and Services: no network peer of a tenant may reach in.
    pub cluster_networks: Vec<IpNet>,
    /// How chains are reached by tenants that name no endpoint of their own.
    pub chains: BTreeMap<String, Vec<String>>,
    /// What people call the chains that are not built in, as `chains` of a configuration has it.
    pub chain_facts: BTreeMap<String, ChainFacts>,
}

/// A chain's description; what is absent is built in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainFacts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub testnet: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmations: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explorer: Option<String>,
}

#[derive(Debug, Clone)]
pub struct RuntimeImage {
    pub image: String,
    pub pull_policy: PullPolicy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullPolicy {
    Always,
    IfNotPresent,
    Never,
}

impl PullPolicy {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::IfNotPresent => "IfNotPresent",
            Self::Never => "Never",
        }
    }
}

/// How tenants' pods reach the control API.
#[derive(Debug, Clone)]
pub struct ControlApi {
    /// `https://control-api.vaultpilot-system.svc:9443`
    pub url: String,
    /// The port of its pods.
    pub port: u16,
    pub pods: Labels,
}

/// Pods of one namespace.
#[derive(Debug, Clone)]
pub struct PodPeer {
    pub namespace: Namespace,
    /// All of the namespace when empty.
    pub pods: Labels,
}

#[derive(Debug, Clone)]
pub struct Otlp {
    pub url: String,
    pub peer: PodPeer,
    pub port: u16,
}
