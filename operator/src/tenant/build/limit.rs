//! How much the tenant's pods may use together, and what a pod has that says nothing.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    LimitRange, LimitRangeItem, LimitRangeSpec, ResourceQuota, ResourceQuotaSpec,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::meta;
use crate::piece::{Kind, Piece};
use crate::tenant::valid::ValidTenant;

const NAME: &str = "vaultpilot";

pub(super) fn build(tenant: &ValidTenant) -> [Piece; 2] {
    let allowance = &tenant.allowance;
    let pods = allowance.pods.to_string();
    let quota = ResourceQuota {
        metadata: meta(tenant, NAME),
        spec: Some(ResourceQuotaSpec {
            hard: Some(quantities(&[
                ("pods", &pods),
                ("requests.cpu", &allowance.cpu),
                ("requests.memory", &allowance.memory),
                ("limits.memory", &allowance.memory),
                // Nothing of a tenant is reached but through the operator's route.
                ("services.nodeports", "0"),
                ("services.loadbalancers", "0"),
                // Nothing of a tenant is kept in the cluster.
                ("persistentvolumeclaims", "0"),
            ])),
            ..ResourceQuotaSpec::default()
        }),
        ..ResourceQuota::default()
    };
    let runtime = &tenant.runtime;
    let limits = LimitRange {
        metadata: meta(tenant, NAME),
        spec: Some(LimitRangeSpec {
            limits: vec![LimitRangeItem {
                type_: "Container".to_owned(),
                default: Some(quantities(&[("memory", &runtime.memory)])),
                default_request: Some(quantities(&[
                    ("cpu", &runtime.cpu),
                    ("memory", &runtime.memory),
                ])),
                ..LimitRangeItem::default()
            }],
        }),
    };
    [
        Piece::new(Kind::ResourceQuota, &quota),
        Piece::new(Kind::LimitRange, &limits),
    ]
}

pub(super) fn quantities(pairs: &[(&str, &str)]) -> BTreeMap<String, Quantity> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), Quantity((*value).to_owned())))
        .collect()
}
