//! `tenants_never_meet`, as far as the network goes: over all pairs of places in a cluster.

use k8s_openapi::api::networking::v1::NetworkPolicy;
use vaultpilot_operator::mark;
use vaultpilot_operator::piece::Kind;

use crate::fixture::{API_SERVER, TENANTS, labels, pieces};
use crate::reach::{Door, Network, Place, Pod};

const DOORS: [Door; 9] = [
    tcp(53),
    tcp(80),
    tcp(443),
    tcp(5432),
    tcp(6443),
    tcp(8080),
    tcp(9090),
    tcp(9443),
    Door {
        protocol: "UDP",
        port: 53,
    },
];

const fn tcp(port: u16) -> Door {
    Door {
        protocol: "TCP",
        port,
    }
}

fn network() -> Network {
    let policies = TENANTS.iter().flat_map(|(tenant, _)| pieces(tenant));
    let policies = policies.filter(|piece| piece.kind == Kind::NetworkPolicy);
    Network(
        policies
            .map(|piece| serde_json::from_value(piece.body).unwrap())
            .collect::<Vec<NetworkPolicy>>(),
    )
}

fn outside(name: &str, address: &str) -> Place {
    Place {
        name: name.to_owned(),
        address: address.parse().unwrap(),
        pod: None,
    }
}

fn pod(namespace: &str, more: &[(&str, &str)], own: &[(&str, &str)], address: &str) -> Place {
    let mut namespace_labels = labels(more);
    namespace_labels.insert(
        "kubernetes.io/metadata.name".to_owned(),
        namespace.to_owned(),
    );
    Place {
        name: format!("{namespace}/{own:?}"),
        address: address.parse().unwrap(),
        pod: Some(Pod {
            namespace: namespace.to_owned(),
            namespace_labels,
            labels: labels(own),
            named_ports: vec![("mcp".to_owned(), 8080), ("probes".to_owned(), 9090)],
        }),
    }
}

/// The pods of each tenant, and one more in its namespace that is not the runtime's.
fn tenants() -> Vec<(String, Vec<Place>)> {
    TENANTS
        .iter()
        .enumerate()
        .map(|(at, (tenant, _))| {
            let pieces = pieces(tenant);
            let namespace = &pieces
                .iter()
                .find(|piece| piece.kind == Kind::Namespace)
                .unwrap()
                .body;
            let name = namespace["metadata"]["name"].as_str().unwrap().to_owned();
            // The widest labels a neighbour could have been let in by.
            let namespace_labels = [
                ("vaultpilot.io/tenant", *tenant),
                ("environment", "production"),
            ];
            let runtime = mark::labels(&tenant.parse().unwrap());
            let runtime: Vec<(&str, &str)> = runtime
                .iter()
                .map(|(k, v)| (k.as_str(), v.as_str()))
                .collect();
            let places = vec![
                pod(
                    &name,
                    &namespace_labels,
                    &runtime,
                    &format!("10.244.{at}.10"),
                ),
                pod(
                    &name,
                    &namespace_labels,
                    &[("role", "sidecar")],
                    &format!("10.244.{at}.11"),
                ),
            ];
            ((*tenant).to_owned(), places)
        })
        .collect()
}

#[test]
fn tenants_never_meet() {
    let network = network();
    let tenants = tenants();
    let mut pairs = 0;
    for (one, from) in &tenants {
        for (other, to) in tenants.iter().filter(|(other, _)| other != one) {
            for from in from {
                for to in to {
                    for door in DOORS {
                        pairs += 1;
                        assert!(
                            !network.passes(from, to, door),
                            "{one} → {other} {}",
                            door.port
                        );
                    }
                }
            }
        }
    }
    assert_eq!(pairs, 5 * 4 * 2 * 2 * DOORS.len());
}

#[test]
fn nobody_reaches_what_gives_power_over_the_cluster() {
    let network = network();
    let forbidden = [
        outside("metadata", "169.254.169.254"),
        outside("metadata over IPv6", "fd00:ec2::254"),
        outside("API server", API_SERVER),
        outside("API server's Service", "10.96.0.1"),
        outside("the node itself", "127.0.0.1"),
        pod(
            "vaultpilot-system",
            &[],
            &[("app.kubernetes.io/component", "postgres")],
            "10.244.9.1",
        ),
        pod(
            "vaultpilot-system",
            &[],
            &[("app.kubernetes.io/component", "operator")],
            "10.244.9.2",
        ),
        pod(
            "vaultpilot-system",
            &[],
            &[("app.kubernetes.io/component", "execute")],
            "10.244.9.3",
        ),
    ];
    for (_, places) in tenants() {
        for from in &places {
            for to in &forbidden {
                for door in DOORS {
                    assert!(
                        !network.passes(from, to, door),
                        "{} → {} {}",
                        from.name,
                        to.name,
                        door.port
                    );
                }
            }
        }
    }
}

#[test]
fn a_pod_reaches_what_it_needs_and_no_other_door_of_it() {
    let network = network();
    let control_api = pod(
        "vaultpilot-system",
        &[],
        &[("app.kubernetes.io/component", "control-api")],
        "10.244.9.4",
    );
    let dns = pod("kube-system", &[], &[("k8s-app", "kube-dns")], "10.244.9.5");
    for (tenant, places) in tenants() {
        let [runtime, other] = places.as_slice() else {
            unreachable!()
        };
        for door in DOORS {
            let to_dns = door.port == 53;
            assert_eq!(
                network.passes(runtime, &dns, door),
                to_dns,
                "{tenant} dns {}",
                door.port
            );
            let to_api = door.port == 9443;
            assert_eq!(
                network.passes(runtime, &control_api, door),
                to_api,
                "{tenant} api {}",
                door.port
            );
            assert!(
                !network.passes(other, &dns, door),
                "{tenant}: a stranger in the namespace"
            );
            assert!(
                !network.passes(other, &control_api, door),
                "{tenant}: a stranger in the namespace"
            );
        }
    }
}

#[test]
fn chains_are_reached_as_far_as_they_are_named() {
    let network = network();
    let tenants = tenants();
    let runtime =
        |name: &str| tenants.iter().find(|(tenant, _)| tenant == name).unwrap().1[0].clone();
    let internet = outside("somewhere", "198.51.100.7");
    let inside = outside("inside the company", "10.1.2.3");
    let anvil = outside("anvil", "10.200.0.254");
    let node = pod("chains", &[], &[("app", "node")], "10.1.9.9");
    let beside = pod("chains", &[], &[("app", "other")], "10.1.9.8");

    for named_by_host in ["plain", "gateway"] {
        assert!(network.passes(&runtime(named_by_host), &internet, tcp(443)));
        assert!(!network.passes(&runtime(named_by_host), &internet, tcp(80)));
        assert!(!network.passes(&runtime(named_by_host), &inside, tcp(443)));
    }
    assert!(network.passes(&runtime("ingress"), &anvil, tcp(8545)));
    assert!(!network.passes(&runtime("ingress"), &anvil, tcp(8546)));
    assert!(!network.passes(
        &runtime("ingress"),
        &outside("beside it", "10.200.0.253"),
        tcp(8545)
    ));
    assert!(!network.passes(&runtime("ingress"), &internet, tcp(443)));
    // The Service's port is 8545, its pods' is another.
    assert!(network.passes(&runtime("neighbour"), &node, tcp(18545)));
    assert!(!network.passes(&runtime("neighbour"), &beside, tcp(18545)));
    assert!(!network.passes(&runtime("suspended"), &internet, tcp(443)));
}

#[test]
fn calls_come_in_where_they_were_let_in() {
    let network = network();
    let tenants = tenants();
    let runtime =
        |name: &str| tenants.iter().find(|(tenant, _)| tenant == name).unwrap().1[0].clone();
    let internet = outside("somewhere", "198.51.100.7");
    let gateway = pod("gateways", &[], &[("app", "envoy")], "10.244.8.1");
    let ingress = pod("ingress-nginx", &[], &[("app", "nginx")], "10.244.8.2");
    let verifier = pod(
        "vaultpilot-system",
        &[],
        &[("app.kubernetes.io/component", "operator")],
        "10.244.9.2",
    );
    let prometheus = pod(
        "monitoring",
        &[],
        &[("app.kubernetes.io/name", "prometheus")],
        "10.244.8.3",
    );
    let production = pod("shop", &[("environment", "production")], &[], "10.244.8.4");

    for (tenant, _) in TENANTS {
        assert!(
            network.passes(&verifier, &runtime(tenant), tcp(8080)),
            "{tenant}"
        );
        assert!(
            network.passes(&verifier, &runtime(tenant), tcp(9090)),
            "{tenant}"
        );
        assert!(
            network.passes(&prometheus, &runtime(tenant), tcp(9090)),
            "{tenant}"
        );
        assert!(
            !network.passes(&prometheus, &runtime(tenant), tcp(8080)),
            "{tenant}"
        );
        let behind_a_gateway = ["gateway", "suspended"].contains(&tenant);
        assert_eq!(
            network.passes(&gateway, &runtime(tenant), tcp(8080)),
            behind_a_gateway,
            "{tenant}"
        );
        assert_eq!(
            network.passes(&ingress, &runtime(tenant), tcp(8080)),
            tenant == "ingress",
            "{tenant}"
        );
        let open = tenant == "neighbour";
        assert_eq!(
            network.passes(&internet, &runtime(tenant), tcp(8080)),
            open,
            "{tenant}"
        );
        assert_eq!(
            network.passes(&production, &runtime(tenant), tcp(8080)),
            open,
            "{tenant}"
        );
        assert!(
            !network.passes(&internet, &runtime(tenant), tcp(9090)),
            "{tenant}"
        );
    }
}
