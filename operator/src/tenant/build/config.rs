//! What the pods read at their start: a `ConfigMap` named by its content, so that a change is a
//! rollout, and a rollback finds what it had. There is no secret in it.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::{Value, json};
use vaultpilot_crds::tenant::LogLevel;

use super::{MCP_PORT, PROBE_PORT, RUNTIME, meta, pod};
use crate::piece::{Kind, Piece, digest};
use crate::settings::Settings;
use crate::tenant::valid::{Rpc, ValidChain, ValidTenant};

/// JSON, which is YAML.
pub(super) const FILE: &str = "runtime.yml";
pub(super) const CA_FILE: &str = "ca.crt";

/// After a pod is told to go it still takes calls for so long: by then no Service sends it any.
pub(super) const DRAIN_DELAY_SECONDS: i64 = 5;
/// And calls that came in may take so long.
pub(super) const DRAIN_GRACE_SECONDS: i64 = 25;

pub(super) struct Config {
    pub(super) piece: Piece,
    pub(super) name: String,
    pub(super) hash: String,
}

pub(super) fn build(tenant: &ValidTenant, settings: &Settings) -> Config {
    let text = format!("{:#}\n", content(tenant, settings));
    let data = BTreeMap::from([
        (FILE.to_owned(), text),
        (CA_FILE.to_owned(), settings.server_ca.clone()),
    ]);
    let hash = digest(format!("{data:?}").as_bytes(), 10);
    let name = format!("{RUNTIME}-{hash}");
    let map = ConfigMap {
        metadata: meta(tenant, &name),
        data: Some(data),
        immutable: Some(true),
        ..ConfigMap::default()
    };
    Config {
        piece: Piece::new(Kind::ConfigMap, &map),
        name,
        hash,
    }
}

fn content(tenant: &ValidTenant, settings: &Settings) -> Value {
    let namespace = &tenant.namespace;
    let domain = &settings.cluster_domain;
    // The Service's own names too: the verifier calls there, whatever the way in is.
    let service = format!("{}.{namespace}.svc", super::SERVICE);
    let mut content = json!({
        "mcp": {
            "tenant": tenant.name.as_str(),
            "public_url": tenant.endpoint.public_url,
            "listen": format!("0.0.0.0:{MCP_PORT}"),
            "allowed_hosts": [&service, format!("{service}.{domain}")],
            "allowed_origins": tenant.mcp.allowed_origins,
            "authorization_servers": tenant.mcp.issuers,
            "drain_grace": format!("{DRAIN_GRACE_SECONDS}s"),
        },
        "probes": {
            "listen": format!("0.0.0.0:{PROBE_PORT}"),
            "drain_delay": format!("{DRAIN_DELAY_SECONDS}s"),
        },
        "control_plane": {
            "address": settings.control_api.url,
            "ca_file": format!("{}/{CA_FILE}", pod::CONFIG_DIR),
            "token_file": format!("{}/{}", pod::TOKEN_DIR, pod::TOKEN),
        },
        "chains": tenant.chains.iter().map(|one| chain(one, settings)).collect::<serde_json::Map<_, _>>(),
        "log": { "level": level(tenant.runtime.log_level), "format": "json" },
    });
    if let Some(bytes) = tenant.mcp.max_request_bytes {
        content["mcp"]["max_request_bytes"] = json!(bytes);
    }
    content
}

fn chain(chain: &ValidChain, settings: &Settings) -> (String, Value) {
    let id = chain.id.to_string();
    let mut value = match &chain.rpc {
        Rpc::Urls { urls, private } => json!({ "rpc": urls, "allow_private": private }),
        Rpc::Secret { .. } => json!({ "rpc": [format!("file:{}", pod::rpc_file(chain))] }),
    };
    let facts = settings.chain_facts.get(&id);
    if let Some(Ok(Value::Object(facts))) = facts.map(serde_json::to_value) {
        for (name, fact) in facts {
            value[name] = fact;
        }
    }
    if let Some(confirmations) = chain.confirmations {
        value["confirmations"] = json!(confirmations);
    }
    (id, value)
}

const fn level(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    }
}
