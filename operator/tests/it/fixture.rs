//! A cluster's settings, and tenants from files.

use std::collections::{BTreeMap, BTreeSet};

use vaultpilot_crds::Tenant;
use vaultpilot_operator::piece::Piece;
use vaultpilot_operator::settings::{
    ControlApi, Labels, Otlp, PodPeer, PullPolicy, RuntimeImage, Settings,
};
use vaultpilot_operator::tenant::build::build;
use vaultpilot_operator::tenant::facts::{
    Apis, Facts, NamespaceFact, PodPort, ServiceFact, ServiceName,
};
use vaultpilot_operator::tenant::validate::validate;

pub(crate) const TENANTS: [(&str, &str); 5] = [
    ("plain", include_str!("tenants/plain.yaml")),
    ("gateway", include_str!("tenants/gateway.yaml")),
    ("ingress", include_str!("tenants/ingress.yaml")),
    ("neighbour", include_str!("tenants/neighbour.yaml")),
    ("suspended", include_str!("tenants/suspended.yaml")),
];

pub(crate) const API_SERVER: &str = "192.0.2.10";

pub(crate) fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

pub(crate) fn settings() -> Settings {
    Settings {
        system_namespace: "vaultpilot-system".parse().unwrap(),
        runtime: RuntimeImage {
            image: "vaultpilot/tenant-runtime:0.1.0".to_owned(),
            pull_policy: PullPolicy::IfNotPresent,
        },
        control_api: ControlApi {
            url: "https://control-api.vaultpilot-system.svc:9443".to_owned(),
            port: 9443,
            pods: labels(&[("app.kubernetes.io/component", "control-api")]),
        },
        server_ca: "-----BEGIN CERTIFICATE-----\n".to_owned(),
        operator_pods: labels(&[("app.kubernetes.io/component", "operator")]),
        prometheus: Some(PodPeer {
            namespace: "monitoring".parse().unwrap(),
            pods: labels(&[("app.kubernetes.io/name", "prometheus")]),
        }),
        ingress_namespace: Some("ingress-nginx".parse().unwrap()),
        otlp: Some(Otlp {
            url: "http://collector.observability.svc:4317".to_owned(),
            peer: PodPeer {
                namespace: "observability".parse().unwrap(),
                pods: labels(&[("app", "collector")]),
            },
            port: 4317,
        }),
        cluster_domain: "cluster.local".to_owned(),
        cluster_networks: ["10.244.0.0/16", "10.96.0.0/16"]
            .map(|network| network.parse().unwrap())
            .into(),
        chains: BTreeMap::from([(
            "eip155:8453".to_owned(),
            vec!["https://rpc.example.net".to_owned()],
        )]),
        chain_facts: BTreeMap::new(),
    }
}

pub(crate) const ALL_APIS: Apis = Apis {
    http_route: true,
    ingress: true,
};

pub(crate) fn facts() -> Facts {
    Facts {
        apis: ALL_APIS,
        api_server: BTreeSet::from([API_SERVER.parse().unwrap()]),
        services: BTreeMap::from([(
            ServiceName {
                namespace: "chains".to_owned(),
                name: "node".to_owned(),
            },
            ServiceFact {
                selector: labels(&[("app", "node")]),
                ports: BTreeMap::from([(8545, PodPort::Number(18545))]),
                tenant: None,
            },
        )]),
        ..Facts::default()
    }
}

pub(crate) fn tenant(name: &str) -> Tenant {
    let (_, text) = TENANTS.iter().find(|(given, _)| *given == name).unwrap();
    serde_saphyr::from_str(text).unwrap()
}

pub(crate) fn pieces(name: &str) -> Vec<Piece> {
    let tenant = tenant(name);
    let mut facts = facts();
    if tenant.spec.namespace.adopt {
        facts.namespace = Some(NamespaceFact::default());
    }
    let settings = settings();
    let valid = validate(name, &tenant.spec, &facts, &settings).unwrap();
    build(&valid, facts.apis, &settings).pieces
}
