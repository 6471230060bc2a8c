//! API keys.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::private;
use crate::rest::{Rest, segment, view};
use crate::screen::second;
use crate::view::Key;

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// List keys, without their secrets
    List,
    /// Make a key. Its secret is shown once
    Create {
        /// What policies and the audit log call whoever holds it
        name: String,
        #[arg(long, value_enum, default_value_t = RoleName::Agent)]
        role: RoleName,
        /// For agents, such as tx:execute; may be repeated. Default: all scopes
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// Days it lives. Default: 90
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<u32>,
        /// Write the secret to a new file for your eyes only, instead of showing it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Revoke a key at once
    Revoke {
        /// Id (key_…)
        id: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// A machine: MCP tools within its scopes
    Agent,
    /// Everything a person may do
    Owner,
    /// Decides approvals, freezes wallets
    Approver,
    /// Reads
    Viewer,
}

impl RoleName {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Owner => "owner",
            Self::Approver => "approver",
            Self::Viewer => "viewer",
        }
    }
}

pub(super) async fn run(command: &KeyCommand, ctx: &Context) -> Result<Exit, Failure> {
    let rest = ctx.rest()?;
    match command {
        KeyCommand::List => list(ctx, &rest).await?,
        KeyCommand::Create {
            name,
            role,
            scopes,
            expires_in_days,
            out,
        } => {
            let mut body = json!({ "name": name, "role": role.as_str() });
            if !scopes.is_empty() {
                body["scopes"] = json!(scopes);
            }
            if let Some(days) = expires_in_days {
                body["expires_in_days"] = json!(days);
            }
            let mut answer = rest.post("keys", body).await?;
            if let Some(path) = out {
                let secret = answer
                    .get_mut("secret")
                    .map(Value::take)
                    .unwrap_or_default();
                private::write_new(path, &format!("{}\n", secret.as_str().unwrap_or_default()))
                    .map_err(|source| Failure::Write {
                        path: path.clone(),
                        source,
                    })?;
                answer["secret_file"] = json!(path);
            }
            ctx.screen.answer(&answer, || {
                // The secret alone, so that it can be captured.
                answer
                    .get("secret")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            })?;
            let id = answer
                .pointer("/key/id")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let told = if out.is_some() {
                "written"
            } else {
                "shown once"
            };
            ctx.screen
                .talk(format_args!("key {name} ({id}) made; its secret is {told}"));
        }
        KeyCommand::Revoke { id } => {
            let answer = rest.delete(&format!("keys/{}", segment(id))).await?;
            let answer = if answer.is_null() {
                json!({ "revoked": id })
            } else {
                answer
            };
            ctx.screen.answer(&answer, || format!("key {id} revoked"))?;
        }
    }
    Ok(Exit::Ok)
}

async fn list(ctx: &Context, rest: &Rest) -> Result<(), Failure> {
    let items = rest.list("keys", 10_000).await?;
    let keys: Vec<Key> = items.iter().map(view).collect::<Result<_, _>>()?;
    ctx.screen.answer(&json!({ "items": items }), || {
        let row = |key: &Key| {
            let life = match (&key.revoked_at, &key.expires_at) {
                (Some(at), _) => format!("revoked {}", second(at)),
                (None, Some(at)) => format!("until {}", second(at)),
                (None, None) => "no end".to_owned(),
            };
            // People have permissions by role; scopes say nothing of them.
            let scopes = if key.role == "agent" {
                key.scopes.join(" ")
            } else {
                String::new()
            };
            let prefix = format!("{}…", key.prefix);
            [
                key.name.clone(),
                key.role.clone(),
                prefix,
                life,
                key.id.clone(),
                scopes,
            ]
        };
        let head = ["name", "role", "key", "life", "id", "scopes"];
        ctx.screen.table(head, keys.iter().map(row).collect())
    })?;
    Ok(())
}
