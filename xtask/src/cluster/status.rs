//! What runs of a cluster and how it is used.

use super::client::Kubectl;
use super::dns::MACHINE;
use super::part::Part;
use super::place::Place;
use super::record::Record;
use crate::checkout::Checkout;
use crate::error::Error;
use serde::Serialize;
use serde_json::Value;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    name: String,
    /// Whether every part runs and the node is ready.
    up: bool,
    kubernetes: String,
    kubeconfig: PathBuf,
    kubectl: PathBuf,
    helm: PathBuf,
    containerd: PathBuf,
    logs: PathBuf,
    network_namespace: String,
    node: Node,
    /// The machine's address and name, as pods know it.
    machine: Machine,
    pods: String,
    services: String,
    parts: Vec<PartStatus>,
}

#[derive(Debug, Serialize)]
struct Machine {
    address: String,
    name: &'static str,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    name: String,
    ready: bool,
    kubelet: String,
    runtime: String,
}

#[derive(Debug, Serialize)]
struct PartStatus {
    part: Part,
    /// Nothing where the process has ended.
    process: Option<u32>,
}

/// Prints it; the exit code says whether it is up.
pub(super) fn report(checkout: &Checkout, record: &Record, json: bool) -> Result<ExitCode, Error> {
    let place = Place::of(checkout, &record.name)?;
    let status = look(checkout, record, &place)?;
    let text = if json {
        serde_json::to_string_pretty(&status).map_err(|source| super::Fault::Record {
            path: place.record(),
            source,
        })?
    } else {
        text(&status)
    };
    writeln!(std::io::stdout(), "{text}").map_err(Error::Output)?;
    Ok(if status.up {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn look(checkout: &Checkout, record: &Record, place: &Place) -> Result<Status, Error> {
    let alive = record.alive();
    let node = if alive {
        let kubectl = Kubectl::of(checkout, &record.tools, place);
        node(&kubectl.json(&["get", "node", record.name.as_str()])?)
    } else {
        Node::default()
    };
    let process = |part| {
        let mut processes = record.processes.iter();
        processes.find(|process| process.part == part && process.alive())
    };
    Ok(Status {
        name: record.name.to_string(),
        up: alive && node.ready,
        kubernetes: record.version.clone(),
        kubeconfig: place.admin(),
        kubectl: record.tools.join("kubectl"),
        helm: record.tools.join("helm"),
        containerd: place.socket(),
        logs: place.logs(),
        network_namespace: record.name.namespace(),
        node,
        machine: Machine {
            address: record.subnet.host().to_string(),
            name: MACHINE,
        },
        pods: record.subnet.pods(),
        services: record.subnet.services(),
        parts: Part::ALL
            .map(|part| PartStatus {
                part,
                process: process(part).map(|process| process.id),
            })
            .into(),
    })
}

fn node(node: &Value) -> Node {
    let text = |path: &str| {
        let value = node.pointer(path).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let conditions = node.pointer("/status/conditions").and_then(Value::as_array);
    let ready = conditions
        .into_iter()
        .flatten()
        .any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
    Node {
        name: text("/metadata/name"),
        ready,
        kubelet: text("/status/nodeInfo/kubeletVersion"),
        runtime: text("/status/nodeInfo/containerRuntimeVersion"),
    }
}

fn text(status: &Status) -> String {
    let mut lines = vec![format!(
        "{} is {}: Kubernetes {}, node {} {}, {}",
        status.name,
        if status.up { "up" } else { "not whole" },
        status.kubernetes,
        status.node.name,
        if status.node.ready {
            "ready"
        } else {
            "not ready"
        },
        status.node.runtime,
    )];
    for part in &status.parts {
        let process = part
            .process
            .map_or("ended".to_owned(), |id| format!("process {id}"));
        lines.push(format!("  {:<24} {process}", part.part.name()));
    }
    lines.push(format!(
        "pods {}, services {}, this machine is {} ({}) to pods",
        status.pods, status.services, status.machine.address, status.machine.name
    ));
    lines.push(format!("logs: {}", status.logs.display()));
    lines.push("use it:".to_owned());
    lines.push(format!(
        "  export KUBECONFIG={}",
        status.kubeconfig.display()
    ));
    if let Some(tools) = status.kubectl.parent() {
        lines.push(format!("  export PATH={}:$PATH", tools.display()));
    }
    lines.join("\n")
}
