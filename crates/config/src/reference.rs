//! Schema and reference page, made from the types.

use std::fmt::Write as _;

use schemars::Schema;
use serde_json::Value;

use crate::{Chain, Config, Server, section};

/// The JSON schema of `vaultpilot.yml`, for editors.
pub fn schema() -> Schema {
    schemars::schema_for!(Config)
}

/// The reference page, in Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# vaultpilot.yml\n\n\
         Flags beat the environment, the environment beats the file, the file beats the defaults. \
         `vaultpilot config show --origin` tells where each value came from.\n\n\
         A chain is enabled by giving it endpoints, in the file or as \
         `VAULTPILOT_RPC_<number>=url[,url]`. Endpoint URLs in the file may be written `env:NAME`.\n",
    );
    section_table(&mut page, "server", &schemars::schema_for!(Server), true);
    section_table(
        &mut page,
        "data",
        &schemars::schema_for!(section::Data),
        true,
    );
    section_table(
        &mut page,
        "chains.<id>",
        &schemars::schema_for!(Chain),
        false,
    );
    section_table(
        &mut page,
        "keys",
        &schemars::schema_for!(section::Keys),
        true,
    );
    section_table(&mut page, "log", &schemars::schema_for!(section::Log), true);
    page.push_str(
        "\n## policies\n\nA list. Each item is a path, relative to the file, or a whole policy \
         document.\n",
    );
    page.push_str("\n## Built-in chains\n\n| id | name | coin | confirmations | explorer |\n");
    page.push_str("| --- | --- | --- | --- | --- |\n");
    for (id, chain) in crate::builtin() {
        let explorer = chain.explorer.unwrap_or_default();
        let (name, coin, depth) = (chain.name, chain.currency, chain.confirmations);
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| `{id}` | {name} | {coin} | {depth} | {explorer} |");
    }
    page
}

fn section_table(page: &mut String, name: &str, schema: &Schema, env: bool) {
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
        if env {
            let variable = format!("VAULTPILOT_{name}_{key}").to_uppercase();
            let _ = write!(meaning, " Environment: `{variable}`.");
        }
        let default = match field.get("default") {
            None | Some(Value::Null) => String::new(),
            Some(value) => format!("`{value}`"),
        };
        let _ = writeln!(page, "| `{key}` | {default} | {} |", meaning.trim());
    }
}
