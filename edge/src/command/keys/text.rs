//! Work on keys, in words.

use serde_json::Value;

use crate::command::Context;
use crate::screen::second;

/// A text field, or nothing.
pub(super) fn field<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// What it is, such as `rotate tenant` or `export to age1…`.
fn what(task: &Value) -> String {
    let kind = field(task, "kind");
    let labels = task.get("labels").and_then(Value::as_array);
    let more = match kind {
        "rotate" => field(task, "level").to_owned(),
        "export" => format!("to {}", field(task, "to")),
        _ => format!("{} keys", labels.map_or(0, Vec::len)),
    };
    format!("{kind} {more}")
}

pub(super) fn task(task: &Value) -> String {
    let mut lines = vec![
        ("task", field(task, "id").to_owned()),
        ("what", what(task)),
        ("state", field(task, "state").to_owned()),
        ("asked by", field(task, "by").to_owned()),
        ("updated", field(task, "updated_at").to_owned()),
    ];
    if number(task, "total") > 0 {
        let (done, total) = (number(task, "done"), number(task, "total"));
        lines.push(("done", format!("{done} of {total}")));
    }
    let optional = [
        ("decided by", "decided_by"),
        ("code", "code"),
        ("why", "detail"),
        ("wallet", "wallet"),
        ("may pass until", "expires_at"),
    ];
    for (name, key) in optional {
        if !field(task, key).is_empty() {
            lines.push((name, field(task, key).to_owned()));
        }
    }
    for wallet in task
        .get("wallets")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let line = format!("{} {}", field(wallet, "address"), field(wallet, "id"));
        lines.push(("wallet", line));
    }
    let lines = lines
        .into_iter()
        .map(|(name, value)| format!("{name:<15} {value}"));
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn tasks(ctx: &Context, items: &[Value]) -> String {
    if items.is_empty() {
        ctx.screen.talk("No work on keys yet.");
        return String::new();
    }
    let row = |item: &Value| {
        [
            field(item, "id").to_owned(),
            what(item),
            field(item, "state").to_owned(),
            format!("{}/{}", number(item, "done"), number(item, "total")),
            field(item, "by").to_owned(),
            second(field(item, "updated_at")),
        ]
    };
    let head = ["task", "what", "state", "done", "by", "updated"];
    ctx.screen.table(head, items.iter().map(row).collect())
}
