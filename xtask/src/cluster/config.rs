//! The configuration files of kubelet, kube-proxy, containerd and the CNI plugins. Each line that
//! looks odd was needed on a machine that is itself a container or a small virtual machine.

use super::name::Name;
use super::place::Place;
use super::subnet::Subnet;
use crate::error::Error;
use serde_json::{Value, json};

/// The image that holds a pod's namespaces.
pub(crate) const PAUSE_IMAGE: &str = "docker.io/vaultpilot/pause:1";

pub(super) fn write_all(place: &Place, name: &Name, subnet: Subnet) -> Result<(), Error> {
    place.write("kubelet.json", &kubelet(place, name, subnet).to_string())?;
    place.write("proxy.json", &proxy(place, name, subnet).to_string())?;
    place.write("containerd.toml", &containerd(place))?;
    place.write("cni/10-ptp.conflist", &cni(place, name, subnet).to_string())
}

pub(super) fn kubelet(place: &Place, name: &Name, subnet: Subnet) -> Value {
    json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": false},
            "webhook": {"enabled": true},
            "x509": {"clientCAFile": place.text("pki/ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": place.text("pki/kubelet.crt"),
        "tlsPrivateKeyFile": place.text("pki/kubelet.key"),
        "containerRuntimeEndpoint": format!("unix://{}", place.socket().display()),
        "clusterDNS": [subnet.dns().to_string()],
        "clusterDomain": "cluster.local",
        // The machine's name servers cannot be reached from inside.
        "resolvConf": "",
        "podLogsDir": place.text("pod-logs"),
        "volumePluginDir": place.text("kubelet/volume-plugins"),
        "cgroupDriver": "cgroupfs",
        // Below a group of the cluster's own, so that what is left can be told from others'.
        "cgroupRoot": format!("/{}", name.namespace()),
        "failCgroupV1": false,
        "failSwapOn": false,
        // Lowering a process's score needs a capability that root may lack here.
        "oomScoreAdj": 0,
        "makeIPTablesUtilChains": false,
        // Images are brought, not pulled: collected ones would not come back.
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "evictionHard": {
            "memory.available": "50Mi",
            "nodefs.available": "1%",
            "nodefs.inodesFree": "1%",
            "imagefs.available": "1%",
        },
    })
}

pub(super) fn proxy(place: &Place, name: &Name, subnet: Subnet) -> Value {
    json!({
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "hostnameOverride": name.as_str(),
        "clusterCIDR": subnet.pods(),
        "clientConnection": {"kubeconfig": place.text("proxy.kubeconfig")},
        // The table of connections is the whole machine's; its size is not for this to set.
        "conntrack": {"maxPerCore": 0},
    })
}

pub(super) fn containerd(place: &Place) -> String {
    let [root, state, socket, runc, opt, cni] = [
        "containerd",
        "containerd-state",
        "containerd.sock",
        "runc",
        "containerd-opt",
        "cni",
    ]
    // A string of JSON is one of TOML.
    .map(|relative| Value::from(place.text(relative)));
    let cri = r#"plugins."io.containerd.grpc.v1.cri""#;
    format!(
        r#"version = 2
root = {root}
state = {state}

[grpc]
address = {socket}

[plugins."io.containerd.internal.v1.opt"]
path = {opt}

[{cri}]
sandbox_image = "{PAUSE_IMAGE}"
# A container's score may not be lowered where the capability for it is missing.
restrict_oom_score_adj = true
# With the rest, so that what is mounted can be found again.
netns_mounts_under_state_dir = true

[{cri}.cni]
bin_dir = "/usr/lib/cni"
conf_dir = {cni}

[{cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[{cri}.containerd.runtimes.runc.options]
Root = {runc}
SystemdCgroup = false
"#
    )
}

/// Point to point, not a bridge: every packet between pods is forwarded, so the filter sees it.
pub(super) fn cni(place: &Place, name: &Name, subnet: Subnet) -> Value {
    json!({
        "cniVersion": "0.4.0",
        "name": name.namespace(),
        "plugins": [{
            "type": "ptp",
            "ipMasq": false,
            "ipam": {
                "type": "host-local",
                "dataDir": place.text("addresses"),
                "ranges": [[{"subnet": subnet.node_pods()}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        }],
    })
}
