use super::address::{Addresses, parse};
use super::filter::render;
use super::object::World;
use serde_json::{Value, json};

const RANGE: &str = "10.244.0.0/16";

fn namespace(name: &str) -> Value {
    json!({"kind": "Namespace", "metadata": {"name": name,
        "labels": {"kubernetes.io/metadata.name": name}}})
}

fn pod(namespace: &str, name: &str, address: &str) -> Value {
    json!({"kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {"containers": [{"ports": [
            {"name": "web", "containerPort": 8080, "protocol": "TCP"}]}]},
        "status": {"phase": "Running", "podIPs": [{"ip": address}]}})
}

fn policy(namespace: &str, spec: &Value) -> Value {
    json!({"kind": "NetworkPolicy", "metadata": {"name": "p", "namespace": namespace}, "spec": spec})
}

/// Two tenants with two pods each, and a policy of the first.
fn filter(spec: &Value) -> String {
    filter_of(&[
        namespace("a"),
        namespace("b"),
        pod("a", "web", "10.244.0.2"),
        pod("a", "job", "10.244.0.3"),
        pod("b", "web", "10.244.0.4"),
        pod("b", "job", "10.244.0.5"),
        policy("a", spec),
    ])
}

fn filter_of(items: &[Value]) -> String {
    let list = json!({"kind": "List", "items": items}).to_string();
    render(
        &World::parse(list.as_bytes()).unwrap(),
        &Addresses::new(),
        RANGE,
    )
}

/// What a chain lets through, and that it drops the rest.
fn allowed<'a>(filter: &'a str, chain: &str) -> Vec<&'a str> {
    let start = format!("  chain {chain} {{\n");
    let (_, body) = filter
        .split_once(&start)
        .unwrap_or_else(|| panic!("no {chain} in {filter}"));
    let (body, _) = body.split_once("  }\n").unwrap();
    let mut lines: Vec<_> = body.lines().map(str::trim).collect();
    let last = lines.pop().unwrap();
    assert!(
        last.starts_with("counter name denied_") && last.ends_with(" drop"),
        "{last}"
    );
    lines
}

#[test]
fn without_a_policy_nothing_is_judged_but_what_is_unknown() {
    let filter = filter_of(&[namespace("a"), pod("a", "web", "10.244.0.2")]);
    assert!(!filter.contains("jump pod"), "{filter}");
    assert!(filter.contains("set pods { type ipv4_addr; elements = { 10.244.0.2 }; }"));
    assert!(
        filter
            .contains("ip saddr 10.244.0.0/16 ip saddr != @pods counter name denied_unknown drop")
    );
    assert!(
        filter
            .contains("ip daddr 10.244.0.0/16 ip daddr != @pods counter name denied_unknown drop")
    );
}

#[test]
fn a_filter_of_nothing_lets_no_pod_through() {
    let filter = filter_of(&[]);
    assert!(filter.contains("set pods { type ipv4_addr; }"), "{filter}");
    assert!(filter.contains("ip saddr != @pods"), "{filter}");
}

#[test]
fn default_deny_drops_both_ways_and_only_in_its_namespace() {
    let filter = filter(&json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}));
    for chain in ["pod0_egress", "pod0_ingress", "pod1_egress", "pod1_ingress"] {
        assert!(allowed(&filter, chain).is_empty(), "{filter}");
    }
    assert!(filter.contains(
        "map egress_of { type ipv4_addr : verdict; \
         elements = { 10.244.0.2 : jump pod0_egress, 10.244.0.3 : jump pod1_egress }; }"
    ));
    assert!(!filter.contains("10.244.0.4 :") && !filter.contains("10.244.0.5 :"));
}

#[test]
fn answers_pass_before_anything_is_judged() {
    let filter = filter(&json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}));
    for chain in ["egress", "ingress"] {
        let (_, body) = filter.split_once(&format!("  chain {chain} {{\n")).unwrap();
        assert_eq!(
            body.lines().next().unwrap().trim(),
            "ct state established,related accept"
        );
    }
    assert!(
        !filter.contains("hook output"),
        "what the node begins is not judged"
    );
}

#[test]
fn types_that_are_not_said_follow_from_the_rules() {
    let ingress_only = filter(&json!({"podSelector": {}}));
    assert!(ingress_only.contains("pod0_ingress") && !ingress_only.contains("pod0_egress"));
    let both = filter(&json!({"podSelector": {}, "egress": [{}]}));
    assert_eq!(allowed(&both, "pod0_egress"), ["accept"]);
    assert!(allowed(&both, "pod0_ingress").is_empty());
}

#[test]
fn a_peer_without_a_namespace_selector_is_of_the_same_namespace() {
    let filter = filter(&json!({
        "podSelector": {"matchLabels": {"app": "web"}},
        "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "job"}}}]}],
    }));
    assert_eq!(
        allowed(&filter, "pod0_ingress"),
        ["ip saddr { 10.244.0.3 } accept"]
    );
    assert!(
        !filter.contains("pod1_ingress"),
        "the other pod is not selected"
    );
}

#[test]
fn selectors_of_one_peer_are_both_needed_and_peers_are_alternatives() {
    let b = json!({"matchLabels": {"kubernetes.io/metadata.name": "b"}});
    let web = json!({"matchLabels": {"app": "web"}});
    let both = filter(&json!({"podSelector": {"matchLabels": {"app": "job"}},
        "ingress": [{"from": [{"namespaceSelector": b, "podSelector": web}]}]}));
    assert_eq!(
        allowed(&both, "pod1_ingress"),
        ["ip saddr { 10.244.0.4 } accept"]
    );
    let either = filter(&json!({"podSelector": {"matchLabels": {"app": "job"}},
        "ingress": [{"from": [{"namespaceSelector": b}, {"podSelector": web}]}]}));
    assert_eq!(
        allowed(&either, "pod1_ingress"),
        [
            "ip saddr { 10.244.0.4, 10.244.0.5 } accept",
            "ip saddr { 10.244.0.2 } accept"
        ]
    );
}

#[test]
fn a_selector_that_finds_nobody_allows_nobody() {
    let nobody = json!({"matchLabels": {"app": "nobody"}});
    let filter =
        filter(&json!({"podSelector": {}, "ingress": [{"from": [{"podSelector": nobody}]}]}));
    assert!(
        allowed(&filter, "pod0_ingress").is_empty(),
        "an empty set must not mean anybody"
    );
}

#[test]
fn expressions_select() {
    let select = |operator: &str, values: Value| {
        let expression = json!({"key": "app", "operator": operator, "values": values});
        let filter = filter(&json!({"podSelector": {"matchExpressions": [expression]}}));
        [
            filter.contains("pod0_ingress"),
            filter.contains("pod1_ingress"),
        ]
    };
    assert_eq!(select("In", json!(["web", "x"])), [true, false]);
    assert_eq!(select("NotIn", json!(["web"])), [false, true]);
    assert_eq!(select("Exists", json!([])), [true, true]);
    assert_eq!(select("DoesNotExist", json!([])), [false, false]);
}

#[test]
fn blocks_of_addresses_with_exceptions_and_ports() {
    let filter = filter(&json!({
        "podSelector": {"matchLabels": {"app": "web"}},
        "policyTypes": ["Egress"],
        "egress": [
            {"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16", "10.0.0.0/8"]}}],
                "ports": [{"port": 443}, {"port": 8000, "endPort": 8100, "protocol": "UDP"}]},
            {"to": [{"ipBlock": {"cidr": "10.200.0.254/32"}}], "ports": [{"protocol": "SCTP"}]},
            {"to": [{"ipBlock": {"cidr": "2001:db8::/32"}}]},
        ],
    }));
    assert_eq!(
        allowed(&filter, "pod0_egress"),
        [
            "ip daddr != 169.254.0.0/16 ip daddr != 10.0.0.0/8 tcp dport 443 accept",
            "ip daddr != 169.254.0.0/16 ip daddr != 10.0.0.0/8 udp dport 8000-8100 accept",
            "ip daddr 10.200.0.254/32 meta l4proto sctp accept",
        ]
    );
}

#[test]
fn a_named_port_is_the_receivers() {
    let receiving = filter(&json!({"podSelector": {"matchLabels": {"app": "web"}},
        "ingress": [{"ports": [{"port": "web"}, {"port": "missing"}]}]}));
    assert_eq!(
        allowed(&receiving, "pod0_ingress"),
        ["tcp dport 8080 accept"]
    );
    let sending = filter(&json!({"podSelector": {"matchLabels": {"app": "web"}},
        "policyTypes": ["Egress"],
        "egress": [{"to": [{"podSelector": {}}], "ports": [{"port": "web"}]}]}));
    assert_eq!(
        allowed(&sending, "pod0_egress"),
        [
            "ip daddr { 10.244.0.2 } tcp dport 8080 accept",
            "ip daddr { 10.244.0.3 } tcp dport 8080 accept",
        ]
    );
}

#[test]
fn policies_add_up() {
    let allow = |app: &str| {
        let from = json!([{"podSelector": {"matchLabels": {"app": app}}}]);
        policy(
            "a",
            &json!({"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{"from": from}]}),
        )
    };
    let filter = filter_of(&[
        namespace("a"),
        pod("a", "web", "10.244.0.2"),
        pod("a", "job", "10.244.0.3"),
        allow("job"),
        allow("web"),
    ]);
    assert_eq!(
        allowed(&filter, "pod0_ingress"),
        [
            "ip saddr { 10.244.0.3 } accept",
            "ip saddr { 10.244.0.2 } accept"
        ]
    );
}

#[test]
fn pods_that_have_ended_or_are_the_node_itself_have_no_address_here() {
    let mut ended = pod("a", "web", "10.244.0.2");
    ended["status"]["phase"] = json!("Succeeded");
    let mut on_node = pod("a", "job", "10.200.0.1");
    on_node["spec"]["hostNetwork"] = json!(true);
    let filter = filter_of(&[namespace("a"), ended, on_node]);
    assert!(filter.contains("set pods { type ipv4_addr; }"), "{filter}");
}

#[test]
fn an_address_is_known_before_the_api_tells_it() {
    let answer = json!({
        "networkName": "vp-vaultpilot",
        "cniArgs": [["IgnoreUnknown", "1"], ["K8S_POD_NAMESPACE", "a"], ["K8S_POD_NAME", "web"]],
        "result": {"ips": [{"address": "10.244.0.9/24", "gateway": "10.244.0.1"}]},
    });
    let (pod_name, addresses) = parse(&answer, "vp-vaultpilot").unwrap();
    assert_eq!(pod_name, ("a".into(), "web".into()));
    assert_eq!(parse(&answer, "vp-other"), None, "another cluster's");

    let mut starting = pod("a", "web", "");
    starting["status"] = json!({"phase": "Pending"});
    let list = json!({"items": [namespace("a"), starting]}).to_string();
    let world = World::parse(list.as_bytes()).unwrap();
    let given = Addresses::from([(pod_name, addresses.into_iter().collect())]);
    assert!(render(&world, &given, RANGE).contains("elements = { 10.244.0.9 }"));
}

#[test]
fn an_address_has_one_owner_and_the_plugin_is_right() {
    let items = [
        namespace("a"),
        pod("a", "gone", "10.244.0.9"),
        pod("a", "web", "10.244.0.9"),
        policy(
            "a",
            &json!({"podSelector": {"matchLabels": {"app": "gone"}}}),
        ),
    ];
    let list = json!({"items": items}).to_string();
    let world = World::parse(list.as_bytes()).unwrap();
    let of_web = (
        ("a".into(), "web".into()),
        ["10.244.0.9".parse().unwrap()].into(),
    );
    let filter = render(&world, &Addresses::from([of_web]), RANGE);
    assert!(
        !filter.contains("jump pod"),
        "what holds for the pod that is gone: {filter}"
    );
    assert_eq!(filter.matches("10.244.0.9").count(), 1, "{filter}");
}
