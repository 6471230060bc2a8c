//! `operator release-finalizers`

use std::io::Write as _;

use clap::Args;
use kube::Client;

use super::Failure;
use crate::release::{release, waiting};

/// For when the operator is uninstalled for good and deleted resources wait for it in vain.
///
/// Takes the finalizer off Tenants, Wallets, Policies and Strategies that are being deleted.
/// Nothing else is touched: pods, namespaces and network policies stay, and so does every record and
/// every wrapped key at the control API; wallets are not detached there. Do not use it while an
/// operator runs: deleting through it is what keeps a wallet from losing its limits.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// Yes, the operator is gone and will not come back.
    #[arg(long)]
    yes: bool,
    /// Only resources of this namespace, and no Tenant.
    #[arg(long)]
    namespace: Option<String>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let client = Client::try_default().await?;
    let found = waiting(&client, arguments.namespace.as_deref()).await?;
    let mut out = std::io::stdout().lock();
    if found.is_empty() {
        writeln!(out, "nothing waits for a finalizer")?;
        return Ok(());
    }
    for one in &found {
        let word = if arguments.yes { "releasing" } else { "waits" };
        writeln!(out, "{word} {one}")?;
    }
    if !arguments.yes {
        return Err(Failure::NotConfirmed);
    }
    for one in &found {
        release(&client, one).await?;
    }
    Ok(())
}
