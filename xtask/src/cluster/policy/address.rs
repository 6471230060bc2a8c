//! Which pod has which address.
//!
//! The API tells an address only when the pod's containers run, and until then its first packets
//! would be dropped as unknown. What the network plugin was asked and answered lies in a folder
//! before the first container is started.

use super::object::Pod;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;

/// By namespace and name.
pub(super) type Addresses = BTreeMap<(String, String), BTreeSet<Ipv4Addr>>;

/// What the plugin has answered for the network of that name.
pub(super) fn given(folder: &Path, network: &str) -> Addresses {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut given = Addresses::new();
    for answer in entries.filter_map(|entry| fs::read(entry.path()).ok()) {
        // A file that is being written is read whole the next time.
        if let Ok(answer) = serde_json::from_slice(&answer)
            && let Some((pod, addresses)) = parse(&answer, network)
        {
            given.entry(pod).or_default().extend(addresses);
        }
    }
    given
}

pub(super) fn parse(answer: &Value, network: &str) -> Option<((String, String), Vec<Ipv4Addr>)> {
    if answer.get("networkName")? != network {
        return None;
    }
    let arguments = answer.get("cniArgs")?.as_array()?;
    let argument = |name: &str| {
        let pair = arguments.iter().find(|pair| pair[0] == name)?;
        Some(pair.get(1)?.as_str()?.to_owned())
    };
    let pod = (argument("K8S_POD_NAMESPACE")?, argument("K8S_POD_NAME")?);
    let addresses = answer.pointer("/result/ips")?.as_array()?;
    let addresses = addresses
        .iter()
        .filter_map(|ip| ip.get("address")?.as_str()?.split('/').next()?.parse().ok())
        .collect();
    Some((pod, addresses))
}

/// The owner of each address. An address has one: where the API still tells of a pod whose address
/// was given to another meanwhile, the plugin is right.
pub(super) fn owners<'a>(pods: &[&'a Pod], given: &Addresses) -> BTreeMap<Ipv4Addr, &'a Pod> {
    let mut owners = BTreeMap::new();
    for &pod in pods {
        let key = (pod.metadata.namespace.clone(), pod.metadata.name.clone());
        let addresses = given.get(&key).into_iter().flatten();
        owners.extend(addresses.map(|&address| (address, pod)));
    }
    for &pod in pods {
        for told in &pod.status.pod_ips {
            if let Ok(address) = told.ip.parse() {
                owners.entry(address).or_insert(pod);
            }
        }
    }
    owners
}
