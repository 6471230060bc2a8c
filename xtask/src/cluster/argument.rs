//! What each part is started with.

use super::name::Name;
use super::part::Part;
use super::place::Place;
use super::subnet::Subnet;

/// What is run: a file, or xtask itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// Built from the Go modules.
    Built(&'static str),
    /// Debian's.
    Machine(&'static str),
    Xtask,
}

pub(super) fn program(part: Part) -> Program {
    match part {
        Part::Containerd => Program::Machine("/usr/bin/containerd"),
        Part::Policy => Program::Xtask,
        built => Program::Built(built.name()),
    }
}

pub(super) fn arguments(part: Part, place: &Place, name: &Name, subnet: Subnet) -> Vec<String> {
    let file = |relative: &str| place.text(relative);
    match part {
        Part::Etcd => etcd(&file("etcd")),
        Part::KubeApiserver => api_server(&file, subnet),
        Part::KubeControllerManager => controller_manager(&file, subnet),
        Part::KubeScheduler => flags(&[
            ("kubeconfig", file("scheduler.kubeconfig")),
            ("leader-elect", "false".into()),
        ]),
        Part::Containerd => flags(&[("config", file("containerd.toml"))]),
        Part::Kubelet => flags(&[
            ("config", file("kubelet.json")),
            ("kubeconfig", file("kubelet.kubeconfig")),
            ("root-dir", file("kubelet")),
            ("cert-dir", file("kubelet/pki")),
            // The node's name is the machine's otherwise, and its address that of a link outside.
            ("hostname-override", name.to_string()),
            ("node-ip", subnet.node().to_string()),
        ]),
        Part::KubeProxy => flags(&[("config", file("proxy.json"))]),
        Part::Policy => vec![
            "cluster".into(),
            "policy".into(),
            "--name".into(),
            name.to_string(),
        ],
    }
}

fn flags(pairs: &[(&str, String)]) -> Vec<String> {
    let flag = |(name, value): &(&str, String)| format!("--{name}={value}");
    pairs.iter().map(flag).collect()
}

fn etcd(data: &str) -> Vec<String> {
    let client = || "http://127.0.0.1:2379".to_owned();
    let peer = || "http://127.0.0.1:2380".to_owned();
    let mut arguments = flags(&[
        ("data-dir", data.to_owned()),
        ("name", "cluster".into()),
        // Nobody but the namespace's own processes reaches its loopback.
        ("listen-client-urls", client()),
        ("advertise-client-urls", client()),
        ("listen-peer-urls", peer()),
        ("initial-advertise-peer-urls", peer()),
        ("initial-cluster", format!("cluster={}", peer())),
        ("log-level", "warn".into()),
    ]);
    // What is lost at a power cut is a cluster of tests.
    arguments.push("--unsafe-no-fsync".into());
    arguments
}

fn api_server(file: &impl Fn(&str) -> String, subnet: Subnet) -> Vec<String> {
    let cluster_name = "https://kubernetes.default.svc.cluster.local";
    flags(&[
        ("etcd-servers", "http://127.0.0.1:2379".into()),
        ("bind-address", "0.0.0.0".into()),
        ("secure-port", "6443".into()),
        ("advertise-address", subnet.node().to_string()),
        ("service-cluster-ip-range", subnet.services()),
        ("authorization-mode", "Node,RBAC".into()),
        ("enable-admission-plugins", "NodeRestriction".into()),
        ("allow-privileged", "true".into()),
        ("client-ca-file", file("pki/ca.crt")),
        ("tls-cert-file", file("pki/apiserver.crt")),
        ("tls-private-key-file", file("pki/apiserver.key")),
        ("service-account-issuer", cluster_name.into()),
        ("service-account-key-file", file("pki/service-account.pub")),
        (
            "service-account-signing-key-file",
            file("pki/service-account.key"),
        ),
        ("kubelet-client-certificate", file("pki/kubelet-client.crt")),
        ("kubelet-client-key", file("pki/kubelet-client.key")),
        ("kubelet-certificate-authority", file("pki/ca.crt")),
        // Names of nodes do not resolve.
        ("kubelet-preferred-address-types", "InternalIP".into()),
        (
            "requestheader-client-ca-file",
            file("pki/front-proxy-ca.crt"),
        ),
        ("requestheader-allowed-names", "front-proxy-client".into()),
        ("requestheader-username-headers", "X-Remote-User".into()),
        ("requestheader-group-headers", "X-Remote-Group".into()),
        (
            "requestheader-extra-headers-prefix",
            "X-Remote-Extra-".into(),
        ),
        ("proxy-client-cert-file", file("pki/front-proxy.crt")),
        ("proxy-client-key-file", file("pki/front-proxy.key")),
        // There is no other server to take over from.
        ("endpoint-reconciler-type", "master-count".into()),
    ])
}

fn controller_manager(file: &impl Fn(&str) -> String, subnet: Subnet) -> Vec<String> {
    let kubeconfig = || file("controller-manager.kubeconfig");
    flags(&[
        ("kubeconfig", kubeconfig()),
        ("authentication-kubeconfig", kubeconfig()),
        ("authorization-kubeconfig", kubeconfig()),
        ("allocate-node-cidrs", "true".into()),
        ("cluster-cidr", subnet.pods()),
        ("service-cluster-ip-range", subnet.services()),
        ("use-service-account-credentials", "true".into()),
        (
            "service-account-private-key-file",
            file("pki/service-account.key"),
        ),
        ("root-ca-file", file("pki/ca.crt")),
        ("cluster-signing-cert-file", file("pki/ca.crt")),
        ("cluster-signing-key-file", file("pki/ca.key")),
        ("leader-elect", "false".into()),
    ])
}
