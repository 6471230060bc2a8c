//! The hosted edition's door of tenants' pods and of the operator.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Grpc {
    /// Address of the gRPC server. TLS 1.3 and nothing else.
    pub listen: SocketAddr,
    /// The server's certificate chain, PEM. Read again when it changes.
    pub cert_file: PathBuf,
    /// The key of the certificate, PEM.
    pub key_file: PathBuf,
    /// Who signs the operator's client certificate, PEM. Nobody else's should be signed by it.
    pub client_ca_file: PathBuf,
    /// The largest message, in bytes.
    pub max_message_bytes: u64,
    /// Calls at once; what comes beyond them is told to come again.
    pub max_in_flight: u64,
}

impl Default for Grpc {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 9443)),
            cert_file: PathBuf::from("/var/run/vaultpilot/tls/tls.crt"),
            key_file: PathBuf::from("/var/run/vaultpilot/tls/tls.key"),
            client_ca_file: PathBuf::from("/var/run/vaultpilot/client-ca/ca.crt"),
            max_message_bytes: 1024 * 1024,
            max_in_flight: 512,
        }
    }
}

impl Section for Grpc {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let mut broken = super::rule::absent(&[
            ("cert_file", &self.cert_file),
            ("key_file", &self.key_file),
            ("client_ca_file", &self.client_ca_file),
        ]);
        let (given, least, most) = (self.max_message_bytes, 4096, 64 * 1024 * 1024);
        if !(least..=most).contains(&given) {
            broken.push(("max_message_bytes", Rule::OutOfRange { given, least, most }));
        }
        let (given, least, most) = (self.max_in_flight, 1, 100_000);
        if !(least..=most).contains(&given) {
            broken.push(("max_in_flight", Rule::OutOfRange { given, least, most }));
        }
        broken
    }
}
