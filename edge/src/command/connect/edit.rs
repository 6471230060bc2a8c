//! Edits a client's file: shows the difference, keeps the old one, leaves everything else in place.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use similar::TextDiff;
use vaultpilot_core::Clock as _;

use super::client::Entry;
use super::{Client, ConnectArgs, Target};
use crate::command::Context;
use crate::failure::Failure;
use crate::ordered::Ordered;
use crate::screen::Tone;
use vaultpilot_control_api::SystemClock;

pub(super) fn run(
    ctx: &Context,
    client: Client,
    target: &Target,
    args: &ConnectArgs,
) -> Result<(), Failure> {
    let Some(entry) = client.entry(target) else {
        return Err(Failure::NoClientFile {
            client: client.name(),
        });
    };
    let path = args
        .file
        .clone()
        .or_else(|| client.file(&ctx.env))
        .ok_or(Failure::NoHome)?;
    let old = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(Failure::Read { path, source }),
    };
    let new = edited(&path, old.as_deref().unwrap_or_default(), &entry)?;
    let before = old.as_deref().unwrap_or_default();
    let (name, changed) = (path.display().to_string(), before != new);
    let diff = TextDiff::from_lines(before, &new)
        .unified_diff()
        .context_radius(3)
        .header(&name, &name)
        .to_string();
    let write = args.write && !args.dry_run && changed;
    let backup = if write {
        replace(&path, old.is_some(), &new)?
    } else {
        None
    };
    let answer = json!({
        "client": client.name(), "file": path, "changed": changed, "written": write,
        "backup": backup, "diff": diff,
    });
    ctx.screen.answer(&answer, || painted(ctx, &diff))?;
    match (changed, write, backup) {
        (false, ..) => ctx.screen.talk(format_args!("{name} is as it should be")),
        (true, false, _) => ctx
            .screen
            .talk(format_args!("dry run: {name} is not changed")),
        (true, true, None) => ctx.screen.talk(format_args!("{name} written")),
        (true, true, Some(backup)) => {
            ctx.screen.talk(format_args!(
                "{name} written; the old one is {}",
                backup.display()
            ));
        }
    }
    Ok(())
}

/// The file's text with our entry in it.
fn edited(path: &Path, text: &str, entry: &Entry) -> Result<String, Failure> {
    let mut file: Ordered = if text.trim().is_empty() {
        Ordered::Object(Vec::new())
    } else {
        serde_json::from_str(text).map_err(|source| Failure::NotJson {
            path: path.to_owned(),
            source,
        })?
    };
    let not_an_object = || Failure::NotAnObject {
        path: path.to_owned(),
    };
    let servers = file.object_at(entry.servers).ok_or_else(not_an_object)?;
    servers
        .set("vaultpilot", ordered(&entry.server))
        .ok_or_else(not_an_object)?;
    if let Some(input) = &entry.input {
        add_input(&mut file, input).ok_or_else(not_an_object)?;
    }
    let text = serde_json::to_string_pretty(&file).map_err(|source| Failure::NotJson {
        path: path.to_owned(),
        source,
    })?;
    Ok(text + "\n")
}

fn add_input(file: &mut Ordered, input: &Value) -> Option<()> {
    let Ordered::Object(members) = &*file else {
        return None;
    };
    let mut items = match members.iter().find(|(name, _)| name == "inputs") {
        Some((_, Ordered::List(items))) => items.clone(),
        Some(_) => return None,
        None => Vec::new(),
    };
    let id = |item: &Ordered| match item {
        Ordered::Object(members) => members
            .iter()
            .find(|(name, _)| name == "id")
            .map(|(_, id)| id.clone()),
        _ => None,
    };
    let input = ordered(input);
    if !items.iter().any(|item| id(item) == id(&input)) {
        items.push(input);
        file.set("inputs", Ordered::List(items))?;
    }
    Some(())
}

fn ordered(value: &Value) -> Ordered {
    match value {
        Value::Object(members) => Ordered::Object(
            members
                .iter()
                .map(|(k, v)| (k.clone(), ordered(v)))
                .collect(),
        ),
        Value::Array(items) => Ordered::List(items.iter().map(ordered).collect()),
        leaf => Ordered::Leaf(leaf.clone()),
    }
}

/// Writes the file and gives the place of the copy, if there was one to keep. The file is written
/// in place, so that its owner and mode stay.
fn replace(path: &Path, keep: bool, text: &str) -> Result<Option<PathBuf>, Failure> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Failure::Write { path, source }
    };
    let mut backup = None;
    if keep {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".bak-{}", SystemClock.now().as_millisecond()));
        let copy = path.with_file_name(name);
        std::fs::copy(path, &copy).map_err(failed(&copy))?;
        backup = Some(copy);
    } else if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    std::fs::write(path, text).map_err(failed(path))?;
    Ok(backup)
}

fn painted(ctx: &Context, diff: &str) -> String {
    let lines = diff.lines().map(|line| match line.as_bytes().first() {
        Some(b'+') => ctx.screen.paint(Tone::Good, line),
        Some(b'-') => ctx.screen.paint(Tone::Bad, line),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
