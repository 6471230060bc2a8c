//! The pods.

use vaultpilot_crds::tenant::Runtime;

use super::endpoint::object;
use crate::tenant::invalid::Invalid;
use crate::tenant::valid::{Disruption, Replicas, ValidRuntime};

pub(super) fn validate(runtime: &Runtime) -> Result<ValidRuntime, Invalid> {
    let min = count(runtime.min_replicas);
    let max = count(runtime.max_replicas);
    if min == 0 || runtime.idle_after.is_some() {
        return Err(Invalid::Unsupported {
            field: "spec.runtime.minReplicas",
            message: "0, with idleAfter, is not: no call could wake the pods again; keep 1",
        });
    }
    if min > max {
        return Err(Invalid::Spec {
            field: "spec.runtime.minReplicas",
            message: format!("{min} is more than maxReplicas, {max}"),
        });
    }
    let replicas = if min == max {
        Replicas::Fixed(min)
    } else {
        Replicas::Between {
            min,
            max,
            cpu_percent: count(runtime.target_cpu_utilization),
        }
    };
    let disruption = match &runtime.pod_disruption_budget {
        None => Disruption::MaxUnavailable(1),
        Some(budget) => match (budget.min_available, budget.max_unavailable) {
            (Some(min), None) => Disruption::MinAvailable(count(min)),
            (None, Some(max)) => Disruption::MaxUnavailable(count(max)),
            _ => {
                return Err(Invalid::Spec {
                    field: "spec.runtime.podDisruptionBudget",
                    message: "minAvailable or maxUnavailable, exactly one of the two".to_owned(),
                });
            }
        },
    };
    Ok(ValidRuntime {
        image: runtime.image.as_ref().map(ToString::to_string),
        replicas,
        cpu: runtime.resources.cpu.to_string(),
        cpu_limit: runtime
            .resources
            .cpu_limit
            .as_ref()
            .map(ToString::to_string),
        memory: runtime.resources.memory.to_string(),
        runtime_class: runtime
            .runtime_class_name
            .as_ref()
            .map(|name| object("spec.runtime.runtimeClassName", name.as_str()))
            .transpose()?,
        node_selector: super::texts(&runtime.node_selector, |value| value.as_str()),
        tolerations: runtime.tolerations.clone(),
        priority_class: runtime
            .priority_class_name
            .as_ref()
            .map(|name| object("spec.runtime.priorityClassName", name.as_str()))
            .transpose()?,
        spread: runtime.topology_spread.clone(),
        disruption,
        log_level: runtime.log_level,
    })
}

/// The schema has a range for each.
fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
