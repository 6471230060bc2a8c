//! Alerts and dashboards ask for metrics that there are. A query for a name that nobody counts is
//! not an error for Prometheus: it is silent for ever.

use std::collections::BTreeSet;
use std::fs;

use vaultpilot_e2e::parts;

use crate::helm::{self, Chart};

const ENDINGS: [&str; 6] = ["_bucket", "_sum", "_count", "_total", "_info", "_seconds"];

/// What is asked for, by the name it was registered under.
fn asked() -> BTreeSet<String> {
    let rendering = helm::render(
        Chart::ControlPlane,
        &[
            "monitoring.dashboards.enabled=true",
            "monitoring.prometheusRule.enabled=true",
        ],
    );
    let names = rendering.match_indices("vaultpilot_").map(|(at, prefix)| {
        let name = &rendering[at + prefix.len()..];
        let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '_');
        registered(&name[..end.unwrap_or(name.len())])
    });
    // Not metrics: the role and the namespace's database name in the configuration.
    names.filter(|name| name != "app").collect()
}

fn registered(name: &str) -> String {
    let mut name = name;
    for ending in ENDINGS {
        name = name.strip_suffix(ending).unwrap_or(name);
    }
    name.to_owned()
}

#[test]
fn every_query_is_for_a_metric_that_is_counted() {
    let read = |file: &str| {
        let source = parts::here().join("../crates/telemetry/src").join(file);
        fs::read_to_string(source).unwrap()
    };
    let house = [read("metrics.rs"), read("runtime.rs")].concat();
    let operator = read("operator.rs");
    let asked = asked();
    assert!(asked.len() >= 18, "{asked:?}");
    for name in asked {
        let (source, name) = match name.strip_prefix("operator_") {
            None => (&house, name.as_str()),
            Some(name) => (&operator, name),
        };
        let counted = source.contains(&format!("\"{name}\""));
        assert!(counted, "nobody counts {name}");
    }
}
