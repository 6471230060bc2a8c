//! Schema and reference page, made from the types.

use std::fmt::Write as _;

use schemars::Schema;
use serde_json::Value;

use crate::{Chain, Config, HostedConfig, RuntimeConfig, section};

/// The one section whose keys have no variables of their own.
const CHAINS: &str = "chains.<id>";

/// The JSON schema of `vaultpilot.yml`, for editors.
pub fn schema() -> Schema {
    schemars::schema_for!(Config)
}

/// The JSON schema of `control-api.yml`, for editors.
pub fn hosted_schema() -> Schema {
    schemars::schema_for!(HostedConfig)
}

/// The JSON schema of `runtime.yml`, for editors.
pub fn runtime_schema() -> Schema {
    schemars::schema_for!(RuntimeConfig)
}

/// The reference page of `vaultpilot.yml`, in Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# vaultpilot.yml\n\n\
         Flags beat the environment, the environment beats the file, the file beats the defaults. \
         `vaultpilot config show --origin` tells where each value came from.\n\n\
         A chain is enabled by giving it endpoints, in the file or as \
         `VAULTPILOT_RPC_<number>=url[,url]`. Endpoint URLs in the file may be written `env:NAME`.\n",
    );
    let tables = [
        ("server", schemars::schema_for!(section::Server)),
        ("data", schemars::schema_for!(section::Data)),
        (CHAINS, schemars::schema_for!(Chain)),
        ("keys", schemars::schema_for!(section::Keys)),
        ("vault", schemars::schema_for!(section::Vault)),
        ("aws_kms", schemars::schema_for!(section::AwsKms)),
        ("log", schemars::schema_for!(section::Log)),
    ];
    for (name, schema) in &tables {
        section_table(&mut page, name, schema, None);
    }
    page.push_str(
        "\n## policies\n\nA list. Each item is a path, relative to the file, or a whole policy \
         document.\n",
    );
    built_in(&mut page);
    page
}

/// The reference page of `control-api.yml`, in Markdown.
pub fn hosted_reference() -> String {
    let mut page = String::from(
        "# control-api.yml\n\n\
         The environment beats the file, the file beats the defaults. `control-api config check` \
         tells what is wrong with it. Secrets are files, and are only named here.\n\n\
         A chain is enabled by giving it endpoints, in the file or as \
         `VAULTPILOT_RPC_<number>=url[,url]`. Endpoint URLs in the file may be written `env:NAME`.\n",
    );
    let tables = [
        ("rest", schemars::schema_for!(section::Rest)),
        ("grpc", schemars::schema_for!(section::Grpc)),
        ("probes", schemars::schema_for!(section::Probes)),
        ("database", schemars::schema_for!(section::Database)),
        ("identity", schemars::schema_for!(section::Identity)),
        ("keys", schemars::schema_for!(section::Custody)),
        ("vault", schemars::schema_for!(section::Vault)),
        ("aws_kms", schemars::schema_for!(section::AwsKms)),
        (CHAINS, schemars::schema_for!(Chain)),
        ("log", schemars::schema_for!(section::Log)),
    ];
    let defaults = serde_json::to_value(HostedConfig::default()).unwrap_or_default();
    for (name, schema) in &tables {
        section_table(&mut page, name, schema, defaults.get(name));
    }
    built_in(&mut page);
    page
}

/// The reference page of `runtime.yml`, in Markdown.
pub fn runtime_reference() -> String {
    let mut page = String::from(
        "# runtime.yml\n\n\
         The operator writes it for each tenant. Flags beat the environment, the environment beats \
         the file, the file beats the defaults. `tenant-runtime config check` tells what is wrong \
         with it. It holds no secret: the one there is, the pod's token, is a file.\n\n\
         A chain is enabled by giving it endpoints, in the file or as \
         `VAULTPILOT_RPC_<number>=url[,url]`.\n",
    );
    let tables = [
        ("mcp", schemars::schema_for!(section::Mcp)),
        ("probes", schemars::schema_for!(section::Probes)),
        (
            "control_plane",
            schemars::schema_for!(section::ControlPlane),
        ),
        ("snapshot", schemars::schema_for!(section::Snapshot)),
        ("strategies", schemars::schema_for!(section::Strategies)),
        (CHAINS, schemars::schema_for!(Chain)),
        ("log", schemars::schema_for!(section::Log)),
    ];
    let defaults = serde_json::to_value(RuntimeConfig::default()).unwrap_or_default();
    for (name, schema) in &tables {
        section_table(&mut page, name, schema, defaults.get(name));
    }
    built_in(&mut page);
    page
}

fn built_in(page: &mut String) {
    page.push_str("\n## Built-in chains\n\n| id | name | coin | confirmations | explorer |\n");
    page.push_str("| --- | --- | --- | --- | --- |\n");
    for (id, chain) in crate::builtin() {
        let explorer = chain.explorer.unwrap_or_default();
        let (name, coin, depth) = (chain.name, chain.currency, chain.confirmations);
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| `{id}` | {name} | {coin} | {depth} | {explorer} |");
    }
}

/// A section's keys. `defaults` are the section's where they are not those of its type.
fn section_table(page: &mut String, name: &str, schema: &Schema, defaults: Option<&Value>) {
    let _ = write!(
        page,
        "\n## {name}\n\n| key | default | meaning |\n| --- | --- | --- |\n"
    );
    let fields = schema.get("properties").and_then(Value::as_object);
    for (key, field) in fields.into_iter().flatten() {
        let text = |name: &str| field.get(name).and_then(Value::as_str).unwrap_or_default();
        let mut meaning = text("description")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if name != CHAINS {
            let variable = format!("VAULTPILOT_{name}_{key}").to_uppercase();
            let _ = write!(meaning, " Environment: `{variable}`.");
        }
        let default = match defaults
            .and_then(|defaults| defaults.get(key))
            .or(field.get("default"))
        {
            None | Some(Value::Null) => String::new(),
            Some(value) => format!("`{value}`"),
        };
        let _ = writeln!(page, "| `{key}` | {default} | {} |", meaning.trim());
    }
}
