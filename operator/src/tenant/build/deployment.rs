//! The pods that speak MCP.

use k8s_openapi::api::apps::v1::{
    Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment,
};
use k8s_openapi::api::core::v1::{PodTemplateSpec, Toleration, TopologySpreadConstraint};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::api::ObjectMeta;
use vaultpilot_crds::tenant::{TaintEffect, TolerationOperator, WhenUnsatisfiable};

use super::config::Config;
use super::{RUNTIME, meta, pod};
use crate::mark;
use crate::piece::{Kind, Piece};
use crate::settings::Settings;
use crate::tenant::valid::{Replicas, ValidTenant};

const HISTORY: i32 = 3;
/// A rollout that does not get on is told after so long.
const PROGRESS_SECONDS: i32 = 120;

pub(super) fn build(tenant: &ValidTenant, config: &Config, settings: &Settings) -> Piece {
    let selector = LabelSelector {
        match_labels: Some(mark::pod_selector(&tenant.name)),
        match_expressions: None,
    };
    let mut pod = pod::spec(tenant, config, settings);
    pod.tolerations = tolerations(tenant);
    pod.topology_spread_constraints = Some(spread(tenant, &selector));
    let deployment = Deployment {
        metadata: meta(tenant, RUNTIME),
        spec: Some(DeploymentSpec {
            replicas: replicas(tenant),
            revision_history_limit: Some(HISTORY),
            progress_deadline_seconds: Some(PROGRESS_SECONDS),
            strategy: Some(DeploymentStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(RollingUpdateDeployment {
                    max_surge: Some(IntOrString::Int(1)),
                    max_unavailable: Some(IntOrString::Int(0)),
                }),
            }),
            selector,
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(mark::labels(&tenant.name)),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    };
    Piece::new(Kind::Deployment, &deployment)
}

/// Where an autoscaler decides, the number is not ours to set.
fn replicas(tenant: &ValidTenant) -> Option<i32> {
    if tenant.suspended {
        return Some(0);
    }
    match tenant.runtime.replicas {
        Replicas::Fixed(replicas) => Some(i32::try_from(replicas).unwrap_or(i32::MAX)),
        Replicas::Between { .. } => None,
    }
}

fn tolerations(tenant: &ValidTenant) -> Option<Vec<Toleration>> {
    let tolerations: Vec<Toleration> = tenant
        .runtime
        .tolerations
        .iter()
        .map(|toleration| Toleration {
            key: toleration.key.as_ref().map(ToString::to_string),
            operator: Some(
                match toleration.operator {
                    TolerationOperator::Exists => "Exists",
                    TolerationOperator::Equal => "Equal",
                }
                .to_owned(),
            ),
            value: toleration.value.as_ref().map(ToString::to_string),
            effect: toleration.effect.map(|effect| {
                match effect {
                    TaintEffect::NoSchedule => "NoSchedule",
                    TaintEffect::PreferNoSchedule => "PreferNoSchedule",
                    TaintEffect::NoExecute => "NoExecute",
                }
                .to_owned()
            }),
            toleration_seconds: toleration.toleration_seconds,
        })
        .collect();
    (!tolerations.is_empty()).then_some(tolerations)
}

fn spread(tenant: &ValidTenant, selector: &LabelSelector) -> Vec<TopologySpreadConstraint> {
    let constraint = |key: &str, skew: i32, unsatisfiable: &str| TopologySpreadConstraint {
        topology_key: key.to_owned(),
        max_skew: skew,
        when_unsatisfiable: unsatisfiable.to_owned(),
        label_selector: Some(selector.clone()),
        ..TopologySpreadConstraint::default()
    };
    if tenant.runtime.spread.is_empty() {
        return vec![constraint("kubernetes.io/hostname", 1, "ScheduleAnyway")];
    }
    tenant
        .runtime
        .spread
        .iter()
        .map(|spread| {
            let unsatisfiable = match spread.when_unsatisfiable {
                WhenUnsatisfiable::DoNotSchedule => "DoNotSchedule",
                WhenUnsatisfiable::ScheduleAnyway => "ScheduleAnyway",
            };
            constraint(spread.topology_key.as_str(), spread.max_skew, unsatisfiable)
        })
        .collect()
}
