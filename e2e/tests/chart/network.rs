//! The borders of the control plane's namespace.

use serde_json::Value;

use crate::helm::{self, Chart};
use crate::object::{self, Object, items, selects};

fn policies(objects: &[Object]) -> Vec<&Object> {
    objects
        .iter()
        .filter(|one| one.kind() == "NetworkPolicy")
        .collect()
}

fn of<'a>(objects: &'a [Object], name: &str) -> &'a Object {
    let all = policies(objects);
    let found = all.into_iter().find(|one| one.name() == name);
    found.unwrap_or_else(|| panic!("there is no NetworkPolicy {name}"))
}

#[test]
fn every_pod_is_denied_both_ways_before_anything_is_opened() {
    for (file, objects) in helm::rendered() {
        let deny = of(&objects, "vaultpilot-deny");
        assert_eq!(
            deny.at("/spec/policyTypes"),
            &serde_json::json!(["Ingress", "Egress"])
        );
        assert!(deny.at("/spec/ingress").is_null() && deny.at("/spec/egress").is_null());
        for pod in objects.iter().filter_map(Object::pod) {
            let denied = selects(deny.at("/spec/podSelector"), pod.labels());
            assert!(denied, "{file}: {} is not denied", pod.of);
        }
    }
}

#[test]
fn every_component_has_a_policy_of_its_own() {
    for (file, objects) in helm::rendered() {
        for pod in objects.iter().filter_map(Object::pod) {
            let own = policies(&objects)
                .into_iter()
                .filter(|one| one.name() != "vaultpilot-deny")
                .filter(|one| selects(one.at("/spec/podSelector"), pod.labels()))
                .count();
            assert_eq!(own, 1, "{file}: {}", pod.of);
        }
    }
}

/// Where clouds hand out the node's credentials.
#[test]
fn nobody_reaches_the_metadata_address() {
    let mut wide = 0;
    for (file, objects) in helm::rendered() {
        for policy in policies(&objects) {
            for rule in items(policy.at("/spec/egress")) {
                assert!(rule["to"].as_array().is_some_and(|to| !to.is_empty()));
                assert!(
                    rule["ports"]
                        .as_array()
                        .is_some_and(|ports| !ports.is_empty())
                );
                for block in items(&rule["to"]).map(|peer| &peer["ipBlock"]) {
                    if block["cidr"] == "0.0.0.0/0" {
                        let except = items(&block["except"]).any(|one| one == "169.254.0.0/16");
                        assert!(except, "{file}: {}", policy.name());
                        wide += 1;
                    }
                }
            }
        }
    }
    assert!(wide > 0, "no wide rule was looked at");
}

/// `execute` signs but listens on nothing: at most Prometheus reads its metrics.
#[test]
fn nobody_calls_the_executor() {
    for (file, objects) in helm::rendered() {
        let policy = of(&objects, "vaultpilot-executor");
        let ports = |list: &Value| {
            let ports = items(list).flat_map(|rule| items(&rule["ports"]));
            ports
                .map(|port| port["port"].as_u64().unwrap())
                .collect::<Vec<_>>()
        };
        let expected: &[u64] = if file == "monitoring-values" {
            &[9090]
        } else {
            &[]
        };
        assert_eq!(ports(policy.at("/spec/ingress")), expected, "{file}");
        let api_server = items(policy.at("/spec/egress"))
            .any(|rule| items(&rule["ports"]).any(|port| port["port"] == 6443));
        assert!(!api_server, "{file}: the executor reaches the API server");
    }
}

#[test]
fn the_database_lets_in_who_has_a_password_and_calls_nobody() {
    let objects = object::parse(&helm::render(Chart::ControlPlane, &[]));
    let policy = of(&objects, "vaultpilot-postgres");
    assert!(policy.at("/spec/egress").is_null());
    let components: Vec<_> = items(policy.at("/spec/ingress/0/from"))
        .map(|peer| peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"].clone())
        .collect();
    assert_eq!(components, ["control-api", "executor", "migrate"]);
}

/// The people's door is closed until somebody says who comes through it.
#[test]
fn the_rest_api_is_opened_by_name() {
    let opens = |values: &[&str]| {
        let objects = object::parse(&helm::render(Chart::ControlPlane, values));
        let policy = of(&objects, "vaultpilot-control-api");
        items(policy.at("/spec/ingress"))
            .flat_map(|rule| items(&rule["ports"]))
            .any(|port| port["port"] == 8080)
    };
    assert!(!opens(&[]));
    assert!(opens(&[
        "networkPolicy.restApi.from[0].podSelector.matchLabels.app=proxy"
    ]));
}
