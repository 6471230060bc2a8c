//! How a program finds the API server and says who it is. JSON is YAML, so the files are JSON.

use super::pki::Holder;
use super::place::Place;
use super::subnet::Subnet;
use crate::error::Error;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs;

/// What of the cluster's files a kubeconfig carries in itself, so that it may be moved anywhere.
#[derive(Debug)]
pub(super) struct Credentials {
    pub(super) authority: Vec<u8>,
    pub(super) certificate: Vec<u8>,
    pub(super) key: Vec<u8>,
}

/// The kubeconfigs of the parts, and the one for people.
const FILES: [(Holder, &str); 6] = [
    (Holder::ControllerManager, "controller-manager.kubeconfig"),
    (Holder::Scheduler, "scheduler.kubeconfig"),
    (Holder::Proxy, "proxy.kubeconfig"),
    (Holder::Node, "kubelet.kubeconfig"),
    (Holder::Policy, "policy.kubeconfig"),
    (Holder::Admin, "admin.kubeconfig"),
];

pub(super) fn write_all(place: &Place, cluster: &str, subnet: Subnet) -> Result<(), Error> {
    for (holder, file) in FILES {
        let read = |relative: String| {
            let path = place.path(&relative);
            fs::read(&path).map_err(Error::file("read", path))
        };
        let credentials = Credentials {
            authority: read("pki/ca.crt".into())?,
            certificate: read(format!("pki/{}.crt", holder.file()))?,
            key: read(format!("pki/{}.key", holder.file()))?,
        };
        let config = kubeconfig(cluster, holder.file(), &subnet.api_server(), &credentials);
        place.write(file, &config.to_string())?;
    }
    Ok(())
}

pub(super) fn kubeconfig(
    cluster: &str,
    user: &str,
    server: &str,
    credentials: &Credentials,
) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": {
            "server": server,
            "certificate-authority-data": STANDARD.encode(&credentials.authority),
        }}],
        "users": [{"name": user, "user": {
            "client-certificate-data": STANDARD.encode(&credentials.certificate),
            "client-key-data": STANDARD.encode(&credentials.key),
        }}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": user}}],
        "current-context": cluster,
    })
}
