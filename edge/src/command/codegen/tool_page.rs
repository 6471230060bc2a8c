//! The MCP tools, as a page.

use std::fmt::Write as _;

use serde_json::{Value, json};
use vaultpilot_core::{Tool, ToolClass};

pub(super) fn page() -> String {
    let list = vaultpilot_tenant_runtime::tool_list();
    let tools = list
        .get("tools")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut page = String::from(
        "# MCP tools\n\nAmounts are decimal strings in token units; `chain` is CAIP-2, `wallet` a \
         label or id. A caller sees the tools its scopes and policies leave it. Class S0 reads, S1 \
         changes VaultPilot's own state only, S2 moves value.\n\n\
         Hints: **R** read-only, **D** destructive, **I** idempotent, **O** open world.\n\n\
         | tool | class | scope | hints | what it does |\n| --- | --- | --- | --- | --- |\n",
    );
    for tool in &tools {
        let name = text(tool, "name");
        let known = name.parse::<Tool>().ok();
        let class = known.map_or("", |tool| class(tool.class()));
        let scope = known.map_or("", |tool| tool.scope().as_str());
        let about = cell(text(tool, "description"));
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(
            page,
            "| [`{name}`](#{name}) | {class} | `{scope}` | {} | {about} |",
            hints(tool)
        );
    }
    for tool in &tools {
        let _ = write!(
            page,
            "\n## {}\n\n{}\n",
            text(tool, "name"),
            text(tool, "description")
        );
        parameters(&mut page, tool.get("inputSchema").unwrap_or(&Value::Null));
    }
    page
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

const fn class(class: ToolClass) -> &'static str {
    match class {
        ToolClass::S0 => "S0",
        ToolClass::S1 => "S1",
        ToolClass::S2 => "S2",
        ToolClass::S3 => "S3",
    }
}

fn hints(tool: &Value) -> String {
    let letters = [
        ("readOnlyHint", 'R'),
        ("destructiveHint", 'D'),
        ("idempotentHint", 'I'),
        ("openWorldHint", 'O'),
    ];
    let set = |name: &str| tool.pointer(&format!("/annotations/{name}")) == Some(&json!(true));
    letters
        .into_iter()
        .filter(|(name, _)| set(name))
        .map(|(_, letter)| letter)
        .collect()
}

fn parameters(page: &mut String, schema: &Value) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    if properties.is_empty() {
        return;
    }
    let required = schema
        .get("required")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    page.push_str("\n| parameter | type | required | meaning |\n| --- | --- | --- | --- |\n");
    for (name, field) in properties {
        let must = if required.contains(&json!(name)) {
            "yes"
        } else {
            ""
        };
        let kind = match field.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            Some(Value::Array(kinds)) => {
                let kinds = kinds
                    .iter()
                    .filter_map(Value::as_str)
                    .filter(|kind| *kind != "null");
                kinds.collect::<Vec<_>>().join(" or ")
            }
            _ => String::new(),
        };
        let about = cell(text(field, "description"));
        let _ = writeln!(page, "| `{name}` | {kind} | {must} | {about} |");
    }
}

/// Text that stays in its cell.
fn cell(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}
