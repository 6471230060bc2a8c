//! Checks an installation. Never prompts, changes nothing; every failure names the command that
//! fixes it.

mod check;
mod local;
mod remote;

use serde_json::json;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Tone;
use check::{Check, Level};

pub(super) async fn run(ctx: &Context) -> Result<Exit, Failure> {
    let (mut checks, data_dir) = local::checks(ctx);
    checks.extend(remote::checks(ctx, data_dir.as_deref()).await);
    let failed = checks.iter().any(|check| check.level == Level::Failed);
    let answer = json!({ "ok": !failed, "checks": checks });
    ctx.screen.answer(&answer, || {
        checks
            .iter()
            .map(|check| line(ctx, check))
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    Ok(if failed { Exit::Failed } else { Exit::Ok })
}

fn line(ctx: &Context, check: &Check) -> String {
    let (word, tone) = match check.level {
        Level::Ok => ("OK", Tone::Good),
        Level::Warning => ("Warning", Tone::Careful),
        Level::Failed => ("Failed", Tone::Bad),
        Level::Skipped => ("Skipped", Tone::Faint),
    };
    let word = ctx.screen.paint(tone, format_args!("{word:<8}"));
    let line = format!(
        "{word} {:<14} {}",
        check.name,
        check.detail.replace('\n', "\n           ")
    );
    match &check.fix {
        Some(fix) => format!("{line}\n         {:<14} fix: {fix}", ""),
        None => line,
    }
}
