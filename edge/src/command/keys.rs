//! How wallet keys are kept, and the work on them: rotation, export, the second person's yes.

mod export;
mod follow;
mod rotate;
mod status;
mod text;

use clap::Subcommand;
use serde_json::{Value, json};

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::{Rest, segment};

pub use export::ExportArgs;
pub use rotate::RotateArgs;

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Show what wraps the keys, whom to seal keys for, and work that is not over
    Status,
    /// Rotate what wraps the keys. No private key is opened, and payments go on
    Rotate(RotateArgs),
    /// Export a wallet's key, sealed for whoever is to have it. Off unless the server allows it
    Export(ExportArgs),
    /// Fetch an exported key that somebody else let pass; it is given once
    Fetch {
        /// Id (ktk_…)
        task: String,
        /// Write it to a new file for your eyes only, instead of showing it
        #[arg(long, value_name = "FILE")]
        out: Option<std::path::PathBuf>,
    },
    /// Let somebody else's export pass
    Approve {
        /// Id (ktk_…)
        task: String,
    },
    /// End an export that nobody let pass yet
    Reject {
        /// Id (ktk_…)
        task: String,
    },
    /// Show one piece of work, or all
    Task {
        /// Id (ktk_…)
        id: Option<String>,
    },
}

pub(super) async fn run(command: &KeysCommand, ctx: &Context) -> Result<Exit, Failure> {
    let rest = ctx.rest()?;
    match command {
        KeysCommand::Status => status::run(ctx, &rest).await,
        KeysCommand::Rotate(args) => rotate::run(args, ctx, &rest).await,
        KeysCommand::Export(args) => export::run(args, ctx, &rest).await,
        KeysCommand::Fetch { task, out } => {
            export::fetch(ctx, &rest, task, out.as_deref()).await?;
            Ok(Exit::Ok)
        }
        KeysCommand::Approve { task } => decide(ctx, &rest, task, "approve").await,
        KeysCommand::Reject { task } => decide(ctx, &rest, task, "reject").await,
        KeysCommand::Task { id: Some(id) } => {
            let task = rest.get(&path(id)).await?;
            ctx.screen.answer(&task, || text::task(&task))?;
            Ok(Exit::Ok)
        }
        KeysCommand::Task { id: None } => {
            let items = rest.list("custody/tasks", 1000).await?;
            let answer = json!({ "items": items });
            ctx.screen.answer(&answer, || text::tasks(ctx, &items))?;
            Ok(Exit::Ok)
        }
    }
}

fn path(id: &str) -> String {
    format!("custody/tasks/{}", segment(id))
}

async fn decide(ctx: &Context, rest: &Rest, id: &str, answer: &str) -> Result<Exit, Failure> {
    let task = rest
        .post(&format!("{}/{answer}", path(id)), Value::Null)
        .await?;
    ctx.screen.answer(&task, || text::task(&task))?;
    Ok(Exit::Ok)
}
