//! The newest events, and those that follow.

use std::time::Duration;

use serde_json::{Value, json};
use vaultpilot_ports::control_plane::EventView;

use super::TailArgs;
use crate::command::Context;
use crate::failure::Failure;
use crate::rest::{Rest, segment, view};
use crate::screen::{Screen, Tone, second};

pub(super) async fn run(ctx: &Context, args: &TailArgs) -> Result<(), Failure> {
    let rest = ctx.rest()?;
    let mut path = format!("events?denied_only={}", args.denied);
    if let Some(wallet) = &args.wallet {
        path = format!("{path}&wallet={}", segment(wallet));
    }
    let mut items = rest.list(&path, args.limit).await?;
    items.reverse();
    if !args.follow {
        let events: Vec<EventView> = items.iter().map(view).collect::<Result<_, _>>()?;
        ctx.screen.answer(&json!({ "items": items }), || {
            let lines: Vec<String> = events.iter().map(|e| line(&ctx.screen, e)).collect();
            lines.join("\n")
        })?;
        return Ok(());
    }
    let mut seen = 0;
    print(&ctx.screen, &items, &mut seen)?;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let newer = newer(&rest, &path, seen).await?;
        print(&ctx.screen, &newer, &mut seen)?;
    }
}

/// Every event after `seen`, oldest first, however many there are by now.
async fn newer(rest: &Rest, path: &str, seen: u64) -> Result<Vec<Value>, Failure> {
    let mut limit = 50;
    loop {
        let items = rest.list(path, limit).await?;
        let complete = items.len() < limit || items.last().is_some_and(|last| seq(last) <= seen);
        if complete {
            let mut newer: Vec<Value> = items.into_iter().filter(|e| seq(e) > seen).collect();
            newer.reverse();
            return Ok(newer);
        }
        limit *= 4;
    }
}

fn seq(event: &Value) -> u64 {
    event.get("seq").and_then(Value::as_u64).unwrap_or_default()
}

fn print(screen: &Screen, items: &[Value], seen: &mut u64) -> Result<(), Failure> {
    for item in items {
        if screen.is_json() {
            screen.line(item)?;
        } else {
            screen.line(line(screen, &view(item)?))?;
        }
        *seen = (*seen).max(seq(item));
    }
    Ok(())
}

fn line(screen: &Screen, event: &EventView) -> String {
    let tone = match event.outcome.as_str() {
        "denied" | "failed" => Tone::Bad,
        "needs_approval" => Tone::Careful,
        _ => Tone::Good,
    };
    let outcome = screen.paint(tone, format_args!("{:<14}", event.outcome));
    let tool = event.tool.as_deref().unwrap_or_default();
    let facts = event
        .facts
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let facts: Vec<String> = facts.collect();
    let text = format!(
        "{:>6} {} {outcome} {:<22} {:<12} {tool} {}",
        event.seq,
        second(&event.at),
        event.action,
        event.actor,
        facts.join(" ")
    );
    text.trim_end().to_owned()
}
