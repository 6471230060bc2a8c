//! What a tenant's endpoint says of itself to clients that are not let in (RFC 9728).

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Json;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use vaultpilot_core::{Scope, TenantName};

use crate::PublicUrl;

#[derive(Serialize)]
struct Metadata<'a> {
    resource: String,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    authorization_servers: &'a [String],
    scopes_supported: [Scope; Scope::ALL.len()],
    bearer_methods_supported: [&'static str; 1],
    resource_name: String,
}

/// The document. Any well-formed tenant name gets one: whether the tenant exists is not told here.
pub(crate) fn answer(url: &PublicUrl, tenant: &TenantName, issuers: &[String]) -> Response {
    let document = Metadata {
        resource: format!("{url}/t/{tenant}/mcp"),
        authorization_servers: issuers,
        scopes_supported: Scope::ALL,
        bearer_methods_supported: ["header"],
        resource_name: format!("VaultPilot, tenant {tenant}"),
    };
    Json(document).into_response()
}

/// The `WWW-Authenticate` header of a 401. `tenant` is `None` where the URL names none we could
/// repeat.
pub(crate) fn challenge(url: &PublicUrl, tenant: Option<&TenantName>) -> HeaderValue {
    let mut text = "Bearer ".to_owned();
    if let Some(tenant) = tenant {
        let path = ".well-known/oauth-protected-resource/t";
        // Writing to a String cannot fail.
        let _ = write!(text, r#"resource_metadata="{url}/{path}/{tenant}/mcp", "#);
    }
    let _ = write!(text, r#"scope="{}""#, *SCOPES);
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Bearer"))
}

static SCOPES: LazyLock<String> = LazyLock::new(|| Scope::ALL.map(Scope::as_str).join(" "));
