//! Asks for a rotation and follows it.

use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::follow::follow;
use super::text::{self, field};
use crate::command::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::Rest;

/// How long a rotation is followed. It goes on without us.
const PATIENCE: Duration = Duration::from_mins(30);

#[derive(Debug, Args)]
pub struct RotateArgs {
    /// What is rotated
    #[arg(long, value_enum)]
    level: Level,
    /// Ask for it and do not follow it
    #[arg(long)]
    no_wait: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    /// Another key for the tenant; every wallet's key comes under it
    Tenant,
    /// The tenant's key is wrapped by the newest version of its root
    Root,
}

pub(super) async fn run(args: &RotateArgs, ctx: &Context, rest: &Rest) -> Result<Exit, Failure> {
    let level = match args.level {
        Level::Tenant => "tenant",
        Level::Root => "root",
    };
    let body = json!({ "level": level });
    let task = rest.post("custody/rotations", body).await?;
    let task = if args.no_wait {
        task
    } else {
        follow(ctx, rest, task, PATIENCE).await?
    };
    ctx.screen.answer(&task, || text::task(&task))?;
    Ok(match field(&task, "state") {
        "succeeded" => Exit::Ok,
        "running" if args.no_wait => Exit::Ok,
        "running" => Exit::Waiting,
        _ => Exit::Failed,
    })
}
