//! A private key is brought along. It is read here, sealed here to the tenant's import recipient, and
//! leaves this process sealed; the signing side alone opens it.

mod error;
mod secret_file;
mod source;
mod task;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use vaultpilot_core::parse_address;
use vaultpilot_keys::material;

use super::show;
use crate::command::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::{Rest, segment};

pub use error::ImportError;
pub(crate) use secret_file::secret_text;
pub use source::KeySource;
pub(crate) use task::{Recipient, send};

/// Where a key comes from, and what becomes of it.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The wallet's label; one that has another key already is left as it is
    #[arg(long)]
    label: String,
    /// CAIP-2 id; may be repeated. Default: every enabled chain
    #[arg(long = "chain", value_name = "CHAIN")]
    chains: Vec<String>,
    #[command(flatten)]
    source: KeySource,
    /// What the key must be the key of
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Let the wallet wait for `vaultpilot wallet thaw` before it signs
    #[arg(long)]
    frozen: bool,
    /// What the wallet may do at first
    #[arg(long, value_enum, default_value_t = FirstPolicy::DenyAll)]
    policy: FirstPolicy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FirstPolicy {
    /// Nothing: a policy import-<label> denies every tool until it is deleted
    DenyAll,
    /// What the policies in force say
    Keep,
}

impl FirstPolicy {
    /// As the API calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DenyAll => "deny_all",
            Self::Keep => "keep",
        }
    }
}

pub(super) async fn run(args: &ImportArgs, ctx: &Context, rest: &Rest) -> Result<Exit, Failure> {
    vaultpilot_keys::harden_process().map_err(ImportError::Harden)?;
    let expected = args.address.as_deref().map(parse_address).transpose();
    let expected = expected.map_err(ImportError::Address)?;
    let (address, sealed, kek) = if let Some(sealed) = args.source.sealed()? {
        (expected, sealed, None)
    } else {
        let secret = args.source.read(&ctx.screen)?;
        let address = material::address(&secret).map_err(ImportError::Key)?;
        if let Some(expected) = expected.filter(|expected| *expected != address) {
            return Err(ImportError::OtherAddress { address, expected }.into());
        }
        ctx.screen.talk(format_args!(
            "this is the key of {address}; it is sealed before it is sent"
        ));
        let recipient = Recipient::fetch(rest).await?;
        let sealed = recipient.seal(&secret)?;
        (Some(address), sealed, Some(recipient.kek))
    };
    let before = existing(rest, &args.label).await?;
    let key = json!({
        "label": args.label, "chains": args.chains, "address": address,
        "sealed": sealed, "frozen": args.frozen,
    });
    let task = send(rest, vec![key], args.policy, kek).await?;
    let wallet = rest.get(&path(&args.label)).await?;
    let new = before.is_none();
    let answer = json!({
        "status": if new { "imported" } else { "unchanged" },
        "wallet": wallet, "task": task.get("id"),
    });
    ctx.screen.answer(&answer, || {
        let head = if new {
            "imported"
        } else {
            "was there already, with this key; nothing changed"
        };
        format!("{head}\n{}", show::one(&wallet))
    })?;
    if new && args.policy == FirstPolicy::DenyAll {
        ctx.screen.talk(format_args!(
            "It may do nothing yet. Next: vaultpilot policy apply -f FILE, then vaultpilot policy \
             delete import-{}",
            args.label
        ));
    }
    Ok(Exit::Ok)
}

fn path(label: &str) -> String {
    format!("wallets/{}", segment(label))
}

async fn existing(rest: &Rest, label: &str) -> Result<Option<Value>, Failure> {
    match rest.get(&path(label)).await {
        Ok(found) => Ok(Some(found)),
        Err(Failure::Refused(problem)) if problem.status == 404 => Ok(None),
        Err(other) => Err(other),
    }
}
