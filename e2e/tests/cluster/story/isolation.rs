//! What `NetworkPolicy` objects promise is seen in packets, from pods of a tenant.

use super::tenant::GLOBEX;
use crate::world::{RELEASE, SYSTEM, World};

const POD: &str = "probe";

pub(super) async fn holds_in_packets(world: &World) {
    world.step("a pod of one tenant reaches DNS and the control API, and nothing else");
    let namespace = format!("vp-{GLOBEX}");
    world.cluster.apply(&pod(&namespace)).output();
    world
        .cluster
        .until("pod", &namespace, POD, 60, |pod| {
            pod["status"]["phase"] == "Running"
        })
        .await;
    let address = |namespace: &str, name: &str| {
        let service = world.cluster.get("service", namespace, name).unwrap();
        service["spec"]["clusterIP"].as_str().unwrap().to_owned()
    };
    let control_api = format!("{RELEASE}-control-api");
    let pods = world
        .cluster
        .list("pods", "vp-acme", "vaultpilot.io/tenant=acme");
    let neighbour = pods[0]["status"]["podIP"].as_str().unwrap().to_owned();
    let open = [
        ("the control API", address(SYSTEM, &control_api), "9443"),
        ("its chain", chain(world).0, chain(world).1),
    ];
    let closed = [
        ("the neighbour's Service", address("vp-acme", "mcp"), "8080"),
        ("the neighbour's pod", neighbour.clone(), "8080"),
        ("the neighbour's metrics", neighbour, "9090"),
        ("the API server", address("default", "kubernetes"), "443"),
        ("the metadata address", "169.254.169.254".to_owned(), "80"),
        (
            "the control API's REST",
            address(SYSTEM, &control_api),
            "8080",
        ),
        ("the internet", "192.0.2.1".to_owned(), "443"),
    ];
    let reaches = |host: &str, port: &str| {
        let script = format!(
            "curl -sk -o /dev/null -m 4 --connect-timeout 2 -w '%{{time_connect}}' http://{host}:{port}/"
        );
        let exec = ["exec", "-n", &namespace, POD, "--", "sh", "-c", &script];
        let connected = world.cluster.kubectl(&exec).stdout;
        connected.trim().parse::<f64>().unwrap() > 0.0
    };
    for (what, host, port) in &open {
        assert!(reaches(host, port), "{what} ({host}:{port}) is not reached");
    }
    for (what, host, port) in &closed {
        assert!(!reaches(host, port), "{what} ({host}:{port}) is reached");
    }
    let delete = [
        "delete",
        "pod",
        POD,
        "-n",
        &namespace,
        "--grace-period=0",
        "--force",
    ];
    world.cluster.kubectl(&delete).output();
}

/// Host and port of the tenants' RPC endpoint.
fn chain(world: &World) -> (String, &str) {
    let authority = world.chain.url().trim_start_matches("http://");
    let (host, port) = authority.split_once(':').unwrap();
    (host.to_owned(), port)
}

/// A restricted pod with the labels of a runtime's: whatever a runtime may, it may.
fn pod(namespace: &str) -> String {
    format!(
        r#"
apiVersion: v1
kind: Pod
metadata:
  name: {POD}
  namespace: {namespace}
  labels: {{ vaultpilot.io/tenant: {GLOBEX}, app.kubernetes.io/name: tenant-runtime, app.kubernetes.io/component: mcp }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext: {{ runAsNonRoot: true, runAsUser: 65532, seccompProfile: {{ type: RuntimeDefault }} }}
  containers:
    - name: toolbox
      image: vaultpilot/toolbox:1
      imagePullPolicy: Never
      command: ["sleep", "600"]
      securityContext: {{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {{ drop: [ALL] }} }}
      resources: {{ requests: {{ cpu: 10m, memory: 32Mi }}, limits: {{ memory: 32Mi }} }}
"#
    )
}
