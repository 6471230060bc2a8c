//! The way in from outside the cluster: an `HTTPRoute` or an Ingress, where the cluster knows it.
//!
//! Exactly two paths are let through: the tenant's endpoint and the metadata of that resource.

use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule,
    IngressServiceBackend, IngressSpec, IngressTLS, ServiceBackendPort,
};
use serde_json::json;

use super::{MCP_PORT, SERVICE, meta};
use crate::piece::{Kind, Piece};
use crate::tenant::facts::Apis;
use crate::tenant::valid::{ValidExposure, ValidTenant};

pub(super) fn build(tenant: &ValidTenant, apis: Apis) -> Option<Piece> {
    match &tenant.exposure {
        ValidExposure::Gateway { .. } if apis.http_route => http_route(tenant),
        ValidExposure::Ingress { .. } if apis.ingress => ingress(tenant),
        _ => None,
    }
}

fn paths(tenant: &ValidTenant) -> [String; 2] {
    let name = &tenant.name;
    [
        format!("/t/{name}/mcp"),
        format!("/.well-known/oauth-protected-resource/t/{name}/mcp"),
    ]
}

fn http_route(tenant: &ValidTenant) -> Option<Piece> {
    let ValidExposure::Gateway {
        host,
        gateway,
        namespace,
        section,
    } = &tenant.exposure
    else {
        return None;
    };
    let mut parent = json!({
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "name": gateway.as_str(),
        "namespace": namespace.as_str(),
    });
    if let Some(section) = section {
        parent["sectionName"] = json!(section.as_str());
    }
    let matches = paths(tenant).map(|path| json!({ "path": { "type": "Exact", "value": path } }));
    let route = json!({
        "apiVersion": Kind::HttpRoute.api_version(),
        "kind": Kind::HttpRoute.as_str(),
        "metadata": meta(tenant, SERVICE),
        "spec": {
            "parentRefs": [parent],
            "hostnames": [host],
            "rules": [{
                "matches": matches,
                "backendRefs": [{ "name": SERVICE, "port": MCP_PORT }],
            }],
        },
    });
    Some(Piece::new(Kind::HttpRoute, &route))
}

fn ingress(tenant: &ValidTenant) -> Option<Piece> {
    let ValidExposure::Ingress {
        host,
        class,
        tls_secret,
    } = &tenant.exposure
    else {
        return None;
    };
    let backend = || IngressBackend {
        service: Some(IngressServiceBackend {
            name: SERVICE.to_owned(),
            port: Some(ServiceBackendPort {
                name: None,
                number: Some(i32::from(MCP_PORT)),
            }),
        }),
        resource: None,
    };
    let rule = HTTPIngressRuleValue {
        paths: paths(tenant)
            .map(|path| HTTPIngressPath {
                path: Some(path),
                path_type: "Exact".to_owned(),
                backend: backend(),
            })
            .into(),
    };
    let ingress = Ingress {
        metadata: meta(tenant, SERVICE),
        spec: Some(IngressSpec {
            ingress_class_name: class.as_ref().map(ToString::to_string),
            rules: Some(vec![IngressRule {
                host: Some(host.clone()),
                http: Some(rule),
            }]),
            tls: tls_secret.as_ref().map(|secret| {
                vec![IngressTLS {
                    hosts: Some(vec![host.clone()]),
                    secret_name: Some(secret.to_string()),
                }]
            }),
            default_backend: None,
        }),
        ..Ingress::default()
    };
    Some(Piece::new(Kind::Ingress, &ingress))
}
