//! Where a tenant's runtime asks.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rule::is_http;
use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ControlPlane {
    /// `https://control-api.vaultpilot-system.svc:9443`; `http://` only on this machine.
    pub address: String,
    /// Who signs the control plane's certificate, PEM. Nobody else is believed.
    pub ca_file: PathBuf,
    /// The name in the certificate, where it is not the address's host.
    pub server_name: Option<String>,
    /// The projected service-account token; the only secret there is. Read again when it changes.
    pub token_file: PathBuf,
    /// A client certificate, PEM, where the control plane asks for one.
    pub cert_file: Option<PathBuf>,
    /// The key of the client certificate, PEM.
    pub key_file: Option<PathBuf>,
}

impl Default for ControlPlane {
    fn default() -> Self {
        Self {
            address: String::new(),
            ca_file: PathBuf::from("/var/run/secrets/vaultpilot.io/ca/ca.crt"),
            server_name: None,
            token_file: PathBuf::from("/var/run/secrets/vaultpilot.io/token/token"),
            cert_file: None,
            key_file: None,
        }
    }
}

impl Section for ControlPlane {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let mut broken =
            super::rule::absent(&[("ca_file", &self.ca_file), ("token_file", &self.token_file)]);
        if self.address.is_empty() {
            broken.push(("address", Rule::Empty));
        } else if !is_http(&self.address) {
            broken.push(("address", Rule::NotHttp));
        }
        match (&self.cert_file, &self.key_file) {
            (Some(_), None) => broken.push((
                "key_file",
                Rule::Needed {
                    when: "cert_file is given",
                },
            )),
            (None, Some(_)) => broken.push((
                "key_file",
                Rule::Useless {
                    unless: "cert_file is given",
                },
            )),
            (Some(_), Some(_)) | (None, None) => {}
        }
        broken
    }
}
