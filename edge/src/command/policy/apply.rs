//! Puts policies in force.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::{Value, json};
use similar::TextDiff;
use vaultpilot_policy::Document;

use super::yaml;
use crate::command::Context;
use crate::failure::Failure;
use crate::rest::{Body, Rest};
use crate::screen::Tone;

pub(super) async fn run(
    ctx: &Context,
    rest: &Rest,
    path: &Path,
    dry_run: bool,
) -> Result<(), Failure> {
    let text = read(path)?;
    let documents = split(&text);
    // All are read before the first is sent, so that a slip in the last changes nothing.
    for document in &documents {
        Document::from_yaml(document).map_err(|source| Failure::Policy {
            path: shown(path),
            source,
        })?;
    }
    let mut answers = Vec::new();
    for document in documents {
        let target = if dry_run {
            "policies?dry_run=true"
        } else {
            "policies"
        };
        let answer = rest
            .call(Method::PUT, target, Body::Yaml(document.to_owned()))
            .await?;
        if !ctx.screen.is_json() {
            ctx.screen.line(told(ctx, &answer, dry_run))?;
        }
        answers.push(answer);
    }
    if ctx.screen.is_json() {
        ctx.screen
            .line(format_args!("{:#}", json!({ "items": answers })))?;
    }
    Ok(())
}

/// One document or a policy file's text.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let failed = |source| Failure::Read {
        path: shown(path),
        source,
    };
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .read_to_string(&mut text)
            .map_err(failed)?;
        return Ok(text);
    }
    std::fs::read_to_string(path).map_err(failed)
}

pub(super) fn shown(path: &Path) -> PathBuf {
    if path == Path::new("-") {
        PathBuf::from("standard input")
    } else {
        path.to_owned()
    }
}

/// The documents of a YAML stream.
fn split(text: &str) -> Vec<&str> {
    let mut documents = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" {
            documents.push(&text[start..at]);
            start = at + line.len();
        }
        at += line.len();
    }
    documents.push(&text[start..]);
    let says_something = |document: &&str| {
        document
            .lines()
            .any(|line| !line.trim().is_empty() && !line.trim().starts_with('#'))
    };
    // A file that says nothing at all is still sent on, to be told so.
    if documents.iter().any(says_something) {
        documents.retain(says_something);
    } else {
        documents.truncate(1);
    }
    documents
}

fn told(ctx: &Context, answer: &Value, dry_run: bool) -> String {
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
    let note = if dry_run {
        " (dry run: nothing changed)"
    } else {
        ""
    };
    let line = format!("policy {} {}{note}", text("name"), text("outcome"));
    let diff = match (
        answer.get("diff").and_then(Value::as_str),
        answer.get("previous"),
    ) {
        (Some(diff), _) => diff.to_owned(),
        (None, Some(previous)) if text("outcome") == "updated" => {
            let (old, new) = (
                yaml(previous),
                yaml(answer.get("document").unwrap_or(&Value::Null)),
            );
            TextDiff::from_lines(&old, &new)
                .unified_diff()
                .context_radius(2)
                .to_string()
        }
        _ => String::new(),
    };
    let lines = diff.lines().map(|line| match line.as_bytes().first() {
        Some(b'+') => ctx.screen.paint(Tone::Good, line),
        Some(b'-') => ctx.screen.paint(Tone::Bad, line),
        _ => line.to_owned(),
    });
    std::iter::once(line)
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests;
