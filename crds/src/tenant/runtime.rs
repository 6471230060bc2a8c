//! The pods that speak MCP: how many, how large, where.

mod placement;

use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Cpu, ImageDigest, LabelValue, Memory, ObjectName, Span};

pub use placement::{
    TaintEffect, Toleration, TolerationOperator, TopologySpread, WhenUnsatisfiable,
};

/// The pods that speak MCP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.minReplicas <= self.maxReplicas")
        .message("minReplicas is at most maxReplicas"),
    validation = Rule::new("has(self.idleAfter) == (self.minReplicas == 0)")
        .message("idleAfter belongs to minReplicas 0, which needs it")
)]
pub struct Runtime {
    /// The operator's own image when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageDigest>,
    #[serde(default = "min_replicas")]
    #[schemars(range(min = 0, max = 100))]
    pub min_replicas: i32,
    #[serde(default = "max_replicas")]
    #[schemars(range(min = 1, max = 100))]
    pub max_replicas: i32,
    /// In percent; above it pods are added.
    #[serde(rename = "targetCPUUtilization", default = "target_cpu_utilization")]
    #[schemars(range(min = 10, max = 100))]
    pub target_cpu_utilization: i32,
    /// Without a call for this long, all pods go. They come back with the next change of the spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_after: Option<Span>,
    #[serde(default)]
    pub resources: Resources,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_class_name: Option<ObjectName>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 32))]
    pub node_selector: BTreeMap<String, LabelValue>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub tolerations: Vec<Toleration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority_class_name: Option<ObjectName>,
    /// Over nodes when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["topologyKey"]))]
    pub topology_spread: Vec<TopologySpread>,
    /// One pod may be missing when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_disruption_budget: Option<DisruptionBudget>,
    #[serde(default)]
    pub log_level: LogLevel,
}

impl Default for Runtime {
    fn default() -> Self {
        Self {
            image: None,
            min_replicas: min_replicas(),
            max_replicas: max_replicas(),
            target_cpu_utilization: target_cpu_utilization(),
            idle_after: None,
            resources: Resources::default(),
            runtime_class_name: None,
            node_selector: BTreeMap::new(),
            tolerations: Vec::new(),
            priority_class_name: None,
            topology_spread: Vec::new(),
            pod_disruption_budget: None,
            log_level: LogLevel::default(),
        }
    }
}

/// Of one pod. Memory is requested and limited alike, so that a pod is not evicted for another's
/// hunger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Resources {
    /// What is requested.
    pub cpu: Cpu,
    /// No limit when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_limit: Option<Cpu>,
    pub memory: Memory,
}

impl Default for Resources {
    fn default() -> Self {
        Self {
            cpu: "50m".into(),
            cpu_limit: None,
            memory: "128Mi".into(),
        }
    }
}

/// How many pods a drain of nodes must leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("has(self.minAvailable) != has(self.maxUnavailable)")
    .message("a podDisruptionBudget has minAvailable or maxUnavailable, exactly one of the two"))]
pub struct DisruptionBudget {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub min_available: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub max_unavailable: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

fn min_replicas() -> i32 {
    1
}

fn max_replicas() -> i32 {
    3
}

fn target_cpu_utilization() -> i32 {
    70
}
