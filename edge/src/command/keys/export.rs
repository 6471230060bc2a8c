//! A wallet's key, asked for and fetched. It comes sealed and is written as it comes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use serde_json::{Value, json};
use vaultpilot_keys::material;

use super::follow::follow;
use super::path;
use super::text::{self, field};
use crate::command::Context;
use crate::command::wallet::import::{ImportError, Recipient, secret_text};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::private;
use crate::rest::Rest;

/// How long an export is waited for once nobody has to agree any more.
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("for").required(true).args(["to", "keystore"])))]
pub struct ExportArgs {
    /// Label or id
    wallet: String,
    /// Seal it for this age recipient (age1…)
    #[arg(long, value_name = "AGE1")]
    to: Option<String>,
    /// As a V3 keystore
    #[arg(long, requires = "password_file")]
    keystore: bool,
    /// The file whose first line is the keystore's password; - reads standard input
    #[arg(long, value_name = "FILE", requires = "keystore")]
    password_file: Option<PathBuf>,
    /// Write it to a new file for your eyes only, instead of showing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Do not ask whether this is meant
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(args: &ExportArgs, ctx: &Context, rest: &Rest) -> Result<Exit, Failure> {
    vaultpilot_keys::harden_process().map_err(ImportError::Harden)?;
    confirm(args, ctx)?;
    let to = match (&args.to, &args.password_file) {
        (Some(recipient), _) => json!({ "form": "age", "recipient": recipient }),
        (None, Some(file)) => {
            let text = secret_text(file)?;
            let password = SecretString::from(text.lines().next().unwrap_or_default());
            let recipient = Recipient::fetch(rest).await?;
            let sealed = material::seal_text(&password, &recipient.recipient);
            json!({ "form": "keystore", "password": sealed.map_err(ImportError::Seal)? })
        }
        // The command line has no third form.
        (None, None) => Value::Null,
    };
    let body = json!({ "wallet": args.wallet, "to": to });
    let task = rest.post("custody/exports", body).await?;
    let task = follow(ctx, rest, task, PATIENCE).await?;
    let id = field(&task, "id").to_owned();
    match field(&task, "state") {
        "succeeded" => {
            fetch(ctx, rest, &id, args.out.as_deref()).await?;
            Ok(Exit::Ok)
        }
        state => {
            let waits = matches!(state, "awaiting_approval" | "running");
            ctx.screen.answer(&task, || text::task(&task))?;
            if state == "awaiting_approval" {
                ctx.screen.talk(format_args!(
                    "Somebody else must let it pass: vaultpilot keys approve {id}\nThen, within 15 \
                     minutes: vaultpilot keys fetch {id}"
                ));
            }
            Ok(if waits { Exit::Waiting } else { Exit::Failed })
        }
    }
}

/// Whoever has the key has the money: a person says so twice.
fn confirm(args: &ExportArgs, ctx: &Context) -> Result<(), Failure> {
    if args.yes {
        return Ok(());
    }
    let question = format!(
        "Whoever has the key of {} can spend everything it holds, past every policy. Type {} to \
         export it:",
        args.wallet, args.wallet
    );
    match ctx.screen.ask(&question) {
        Some(answer) if answer == args.wallet => Ok(()),
        _ => Err(Failure::YesNeeded {
            wallet: args.wallet.clone(),
        }),
    }
}

pub(super) async fn fetch(
    ctx: &Context,
    rest: &Rest,
    id: &str,
    out: Option<&Path>,
) -> Result<(), Failure> {
    if let Some(out) = out.filter(|out| out.exists()) {
        // It is given once: a file that cannot be written would lose it.
        return Err(Failure::Write {
            path: out.to_owned(),
            source: std::io::ErrorKind::AlreadyExists.into(),
        });
    }
    let mut answer = rest
        .post(&format!("{}/bundle", path(id)), Value::Null)
        .await?;
    if let Some(out) = out {
        let bundle = answer.get_mut("bundle").map(Value::take);
        let bundle = bundle.unwrap_or_default();
        let text = bundle.as_str().unwrap_or_default();
        if let Err(source) = private::write_new(out, text) {
            // Better shown than lost.
            ctx.screen.line(text)?;
            return Err(Failure::Write {
                path: out.to_owned(),
                source,
            });
        }
        answer["bundle_file"] = json!(out);
    }
    ctx.screen.answer(&answer, || {
        let bundle = answer.get("bundle").and_then(Value::as_str);
        bundle.unwrap_or_default().to_owned()
    })?;
    ctx.screen
        .talk("the key was given once and is forgotten by the server");
    Ok(())
}
