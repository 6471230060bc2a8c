//! Two charts, two commands.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use vaultpilot_e2e::cluster::Ran;
use vaultpilot_e2e::parts;

use crate::world::{RELEASE, SYSTEM, World};

/// Values of a single node that has the images already, and no storage but its own disk.
pub(super) fn values(world: &World) -> String {
    let (rpc, host) = (world.chain.url(), parts::host());
    let port = rpc.rsplit(':').next().unwrap();
    let vault = world.vault.values();
    format!(
        r#"
image: {{ pullPolicy: Never }}
chains:
  "eip155:31337":
    name: Local
    currency: ETH
    testnet: true
    confirmations: 1
    rpc: ["{rpc}"]
    allow_private: true
    poll_interval: 1s
database:
  kind: Bundled
  bundled:
    image: {{ repository: vaultpilot/postgres, tag: "15" }}
    runAsUser: 65532
    storage: {{ kind: Volume, size: 1Gi, storageClassName: e2e }}
networkPolicy:
  chains:
    to: [{{ ipBlock: {{ cidr: {host}/32 }} }}]
    ports: [{port}]
{vault}"#
    )
}

pub(super) fn charts(world: &World) {
    world.step("helm installs the definitions, then the control plane");
    world.cluster.apply(&volume(world)).output();
    let definitions = chart("vaultpilot-crds");
    let install = [
        "upgrade",
        "--install",
        "vaultpilot-crds",
        &definitions,
        "-n",
        SYSTEM,
        "--create-namespace",
        "--wait",
    ];
    world.cluster.helm(&install).output();
    world.cluster.apply(&world.vault.manifests()).output();
    upgrade(world, &values(world), &[]).output();
}

/// Installs or upgrades the control plane, and waits until it is there.
pub(super) fn upgrade(world: &World, values: &str, more: &[&str]) -> Ran {
    let file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    std::fs::write(file.path(), values).unwrap();
    let (chart, values) = (chart("vaultpilot"), file.path().to_string_lossy());
    let mut arguments = vec![
        "upgrade",
        "--install",
        RELEASE,
        &chart,
        "-n",
        SYSTEM,
        "-f",
        &values,
        "--wait",
        "--timeout",
        "120s",
    ];
    arguments.extend(more);
    world.cluster.helm(&arguments)
}

/// A folder of this machine, which is the node, for the database. Where a cluster has storage of
/// its own the volume is not used.
fn volume(world: &World) -> String {
    let path = world.disk.path();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    let path = path.display();
    format!(
        r"
apiVersion: v1
kind: PersistentVolume
metadata: {{ name: vaultpilot-e2e }}
spec:
  capacity: {{ storage: 1Gi }}
  accessModes: [ReadWriteOnce]
  storageClassName: e2e
  persistentVolumeReclaimPolicy: Retain
  local: {{ path: {path} }}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{{ key: kubernetes.io/os, operator: In, values: [linux] }}]
"
    )
}

fn chart(name: &str) -> String {
    let charts: PathBuf = parts::here().join("../charts");
    charts.join(name).to_string_lossy().into_owned()
}
