//! How many pods a drain of nodes must leave.

use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{RUNTIME, meta};
use crate::mark;
use crate::piece::{Kind, Piece};
use crate::tenant::valid::{Disruption, ValidTenant};

pub(super) fn build(tenant: &ValidTenant) -> Piece {
    let number = |number: u32| Some(IntOrString::Int(i32::try_from(number).unwrap_or(i32::MAX)));
    let (min_available, max_unavailable) = match tenant.runtime.disruption {
        Disruption::MinAvailable(min) => (number(min), None),
        Disruption::MaxUnavailable(max) => (None, number(max)),
    };
    let budget = PodDisruptionBudget {
        metadata: meta(tenant, RUNTIME),
        spec: Some(PodDisruptionBudgetSpec {
            min_available,
            max_unavailable,
            selector: Some(LabelSelector {
                match_labels: Some(mark::pod_selector(&tenant.name)),
                match_expressions: None,
            }),
            // A pod that is not ready serves nobody: it must not hold up a drain.
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
        }),
        ..PodDisruptionBudget::default()
    };
    Piece::new(Kind::PodDisruptionBudget, &budget)
}
