//! How the tenant's keys are kept.

use serde_json::Value;

use super::text::{field, number, tasks};
use crate::command::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::Rest;
use crate::screen::second;

pub(super) async fn run(ctx: &Context, rest: &Rest) -> Result<Exit, Failure> {
    let status = rest.get("custody").await?;
    ctx.screen.answer(&status, || text(ctx, &status))?;
    Ok(Exit::Ok)
}

fn text(ctx: &Context, status: &Value) -> String {
    let list = |name: &str| {
        let items = status.get(name).and_then(Value::as_array);
        items.cloned().unwrap_or_default()
    };
    let mut parts = vec![format!(
        "{:<15} {}\n{:<15} {}",
        "provider",
        field(status, "provider"),
        "exports",
        field(status, "exports")
    )];
    match status.get("recipient").filter(|it| !it.is_null()) {
        Some(it) => parts.push(format!(
            "{:<15} {}\n{:<15} {}",
            "import for",
            field(it, "recipient"),
            "fingerprint",
            field(it, "fingerprint")
        )),
        None => parts.push(format!("{:<15} {}", "trouble", field(status, "trouble"))),
    }
    let row = |kek: &Value| {
        [
            number(kek, "version").to_string(),
            number(kek, "generation").to_string(),
            field(kek, "root").to_owned(),
            number(kek, "wallet_keys").to_string(),
            second(field(kek, "created_at")),
        ]
    };
    let head = ["key of the tenant", "wrapped", "by", "wallet keys", "made"];
    let versions = list("keks");
    if !versions.is_empty() {
        parts.push(ctx.screen.table(head, versions.iter().map(row).collect()));
    }
    let other: Vec<String> = list("wallet_keys")
        .iter()
        .filter(|count| count.get("kek").is_none_or(Value::is_null))
        .map(|count| {
            let many = number(count, "keys");
            match field(count, "provider") {
                "local" => {
                    format!("{many} keys are wrapped by the root itself: rotate --level tenant")
                }
                provider => format!("{many} keys live at {provider}"),
            }
        })
        .collect();
    if !other.is_empty() {
        parts.push(other.join("\n"));
    }
    let open = list("tasks");
    if !open.is_empty() {
        parts.push(tasks(ctx, &open));
    }
    parts.join("\n\n")
}
