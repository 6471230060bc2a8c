//! How agents reach the tenant.

use vaultpilot_core::TenantName;
use vaultpilot_crds::tenant::{Exposure, Mcp};

use crate::name::{Namespace, ObjectName};
use crate::tenant::invalid::Invalid;
use crate::tenant::valid::{Endpoint, ValidExposure};

pub(super) fn validate(
    tenant: &TenantName,
    namespace: &Namespace,
    mcp: &Mcp,
) -> Result<(ValidExposure, Endpoint), Invalid> {
    unsupported(mcp)?;
    let host = || {
        mcp.host
            .as_ref()
            .map(ToString::to_string)
            .ok_or_else(|| Invalid::Spec {
                field: "spec.mcp.host",
                message: "a host is needed for this exposure".to_owned(),
            })
    };
    let exposure = match mcp.exposure {
        Exposure::ClusterInternal => ValidExposure::ClusterInternal,
        Exposure::Gateway => {
            let gateway = mcp.gateway_ref.as_ref().ok_or_else(|| Invalid::Spec {
                field: "spec.mcp.gatewayRef",
                message: "exposure Gateway needs it".to_owned(),
            })?;
            ValidExposure::Gateway {
                host: host()?,
                gateway: object("spec.mcp.gatewayRef.name", gateway.name.as_str())?,
                namespace: gateway.namespace.as_str().parse().map_err(
                    |error: crate::name::NameError| Invalid::Spec {
                        field: "spec.mcp.gatewayRef.namespace",
                        message: error.to_string(),
                    },
                )?,
                section: gateway
                    .section_name
                    .as_ref()
                    .map(|name| object("spec.mcp.gatewayRef.sectionName", name.as_str()))
                    .transpose()?,
            }
        }
        Exposure::Ingress => ValidExposure::Ingress {
            host: host()?,
            class: mcp
                .ingress_class_name
                .as_ref()
                .map(|name| object("spec.mcp.ingressClassName", name.as_str()))
                .transpose()?,
            tls_secret: mcp
                .tls_secret_name
                .as_ref()
                .map(|name| object("spec.mcp.tlsSecretName", name.as_str()))
                .transpose()?,
        },
    };
    let public_url = match &exposure {
        ValidExposure::ClusterInternal => format!("http://mcp.{namespace}.svc:8080"),
        ValidExposure::Gateway { host, .. } | ValidExposure::Ingress { host, .. } => {
            format!("https://{host}")
        }
    };
    let endpoint = Endpoint {
        resource: format!("{public_url}/t/{tenant}/mcp"),
        metadata: format!("{public_url}/.well-known/oauth-protected-resource/t/{tenant}/mcp"),
        public_url,
    };
    Ok((exposure, endpoint))
}

/// A setting that looks written and does nothing is worse than none.
fn unsupported(mcp: &Mcp) -> Result<(), Invalid> {
    let field = if mcp.path.as_ref().is_some_and(|path| path.as_str() != "/") {
        "spec.mcp.path"
    } else if mcp.tools.is_some() {
        "spec.mcp.tools"
    } else if mcp.rate_limit.is_some() {
        "spec.mcp.rateLimit"
    } else if !mcp.allowed_cidrs.is_empty() {
        "spec.mcp.allowedCidrs"
    } else if mcp.request_timeout.is_some() {
        "spec.mcp.requestTimeout"
    } else if mcp.legacy_clients == Some(false) {
        "spec.mcp.legacyClients"
    } else if mcp.apps == Some(true) {
        "spec.mcp.apps"
    } else {
        return Ok(());
    };
    Err(Invalid::Unsupported {
        field,
        message: "remove it; a Policy can say the same of tools, rates and networks",
    })
}

pub(super) fn object(field: &'static str, text: &str) -> Result<ObjectName, Invalid> {
    text.parse()
        .map_err(|error: crate::name::NameError| Invalid::Spec {
            field,
            message: error.to_string(),
        })
}
