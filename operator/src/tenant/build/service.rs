//! The Service that agents, the gateway and the verifier call.

use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{MCP_PORT, PROBE_PORT, SERVICE, meta};
use crate::mark;
use crate::piece::{Kind, Piece};
use crate::tenant::valid::ValidTenant;

pub(super) fn build(tenant: &ValidTenant) -> Piece {
    let port = |name: &str, port: u16, protocol: Option<&str>| ServicePort {
        name: Some(name.to_owned()),
        port: i32::from(port),
        target_port: Some(IntOrString::String(name.to_owned())),
        protocol: Some("TCP".to_owned()),
        app_protocol: protocol.map(str::to_owned),
        node_port: None,
    };
    let service = Service {
        metadata: meta(tenant, SERVICE),
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".to_owned()),
            selector: Some(mark::pod_selector(&tenant.name)),
            ports: Some(vec![
                port("mcp", MCP_PORT, Some("http")),
                port("probes", PROBE_PORT, Some("http")),
            ]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    };
    Piece::new(Kind::Service, &service)
}
