//! More pods when they are busy.

use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, MetricSpec,
    MetricTarget, ResourceMetricSource,
};

use super::{RUNTIME, meta};
use crate::piece::{Kind, Piece};
use crate::tenant::valid::{Replicas, ValidTenant};

pub(super) fn build(tenant: &ValidTenant) -> Option<Piece> {
    let Replicas::Between {
        min,
        max,
        cpu_percent,
    } = tenant.runtime.replicas
    else {
        return None;
    };
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let autoscaler = HorizontalPodAutoscaler {
        metadata: meta(tenant, RUNTIME),
        spec: Some(HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some(Kind::Deployment.api_version()),
                kind: Kind::Deployment.as_str().to_owned(),
                name: RUNTIME.to_owned(),
            },
            min_replicas: Some(number(min)),
            max_replicas: number(max),
            metrics: Some(vec![MetricSpec {
                type_: "Resource".to_owned(),
                resource: Some(ResourceMetricSource {
                    name: "cpu".to_owned(),
                    target: MetricTarget {
                        type_: "Utilization".to_owned(),
                        average_utilization: Some(number(cpu_percent)),
                        ..MetricTarget::default()
                    },
                }),
                ..MetricSpec::default()
            }]),
            behavior: None,
        }),
        ..HorizontalPodAutoscaler::default()
    };
    Some(Piece::new(Kind::HorizontalPodAutoscaler, &autoscaler))
}
