//! The one resource: what a client should have in its context before it acts.

use rmcp::model::{CacheScope, ErrorData, ReadResourceResult, Resource, ResourceContents};
use serde_json::json;

use crate::error;
use crate::tool::{Call, capabilities};

const CONTEXT: &str = "vaultpilot://context";

pub(crate) fn list() -> Vec<Resource> {
    let context = Resource::new(CONTEXT, "context")
        .with_title("What this VaultPilot can do for you")
        .with_description("The same as get_capabilities: chains, tools, conventions, limits.")
        .with_mime_type("application/json");
    vec![context]
}

/// Reads under the same gate as the tool of the same content.
pub(crate) async fn read(call: &Call<'_>, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    if uri != CONTEXT {
        let data = json!({ "uri": uri.chars().take(200).collect::<String>() });
        return Err(ErrorData::resource_not_found(
            "no resource of that URI",
            Some(data),
        ));
    }
    let view = capabilities(call)
        .await
        .map_err(|fault| error::protocol(&fault))?;
    let text = serde_json::to_string(&view)
        .map_err(|source| ErrorData::internal_error(source.to_string(), None))?;
    let contents = ResourceContents::text(text, CONTEXT).with_mime_type("application/json");
    Ok(ReadResourceResult::new(vec![contents])
        .with_ttl_ms(0)
        .with_cache_scope(CacheScope::Private))
}
