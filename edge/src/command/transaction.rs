//! Transactions: every payment that was asked for, and how far it came.

use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value, json};
use tokio::time::Instant;
use vaultpilot_ports::control_plane::{PaymentStatus, TransactionView};

use super::Context;
use super::wallet::query;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::{Rest, segment, view};
use crate::screen::{Screen, Tone, second};

#[derive(Debug, Subcommand)]
pub enum TransactionCommand {
    /// List transactions, newest first
    List {
        #[arg(long)]
        wallet: Option<String>,
        /// Such as broadcast, confirmed, final, denied
        #[arg(long)]
        state: Option<String>,
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Show one transaction
    Show {
        /// Id (txn_…) or hash (0x…)
        id: String,
    },
    /// Wait until a transaction is over
    Wait {
        /// Id (txn_…) or hash (0x…)
        id: String,
        /// Seconds to wait at most
        #[arg(long, default_value_t = 120)]
        timeout: u64,
    },
    /// Withdraw a payment that is not signed yet
    Cancel {
        /// Id (txn_…)
        id: String,
    },
}

pub(super) async fn run(command: &TransactionCommand, ctx: &Context) -> Result<Exit, Failure> {
    let rest = ctx.rest()?;
    match command {
        TransactionCommand::List {
            wallet,
            state,
            limit,
        } => {
            let path = format!(
                "transactions{}",
                query([("wallet", wallet), ("state", state)])
            );
            list(ctx, &rest.list(&path, *limit).await?)?;
            Ok(Exit::Ok)
        }
        TransactionCommand::Show { id } => {
            let answer = rest.get(&path(id)).await?;
            ctx.screen.answer(&answer, || text(&ctx.screen, &answer))?;
            Ok(Exit::Ok)
        }
        TransactionCommand::Wait { id, timeout } => {
            wait(ctx, &rest, id, Duration::from_secs(*timeout)).await
        }
        TransactionCommand::Cancel { id } => {
            let answer = rest
                .post(&format!("{}/cancel", path(id)), json!({}))
                .await?;
            let shown = answer
                .get("transaction")
                .filter(|t| !t.is_null())
                .unwrap_or(&answer);
            ctx.screen.answer(&answer, || text(&ctx.screen, shown))?;
            Ok(Exit::Ok)
        }
    }
}

fn path(id: &str) -> String {
    format!("transactions/{}", segment(id))
}

fn list(ctx: &Context, items: &[Value]) -> Result<(), Failure> {
    let transactions: Vec<TransactionView> = items.iter().map(view).collect::<Result<_, _>>()?;
    if transactions.is_empty() {
        ctx.screen
            .talk("No transactions. Next: vaultpilot connect, or vaultpilot demo");
    }
    ctx.screen.answer(&json!({ "items": items }), || {
        if transactions.is_empty() {
            return String::new();
        }
        let row = |transaction: &TransactionView| {
            [
                transaction.id.clone(),
                painted(&ctx.screen, transaction),
                transaction.wallet.clone(),
                format!("{} {}", transaction.amount, transaction.asset),
                transaction.to.clone(),
                transaction.chain.clone(),
                second(&transaction.created_at),
            ]
        };
        let head = [
            "transaction",
            "state",
            "wallet",
            "amount",
            "to",
            "chain",
            "created",
        ];
        ctx.screen
            .table(head, transactions.iter().map(row).collect())
    })?;
    Ok(())
}

async fn wait(ctx: &Context, rest: &Rest, id: &str, limit: Duration) -> Result<Exit, Failure> {
    let until = Instant::now() + limit;
    let mut last = String::new();
    loop {
        let answer = rest.get(&path(id)).await?;
        let transaction: TransactionView = view(&answer)?;
        if transaction.state != last {
            ctx.screen.talk(&transaction.state);
            last.clone_from(&transaction.state);
        }
        let exit = match transaction.status {
            PaymentStatus::Executed => Some(Exit::Ok),
            PaymentStatus::Denied => Some(Exit::Denied),
            PaymentStatus::Failed | PaymentStatus::Simulated => Some(Exit::Failed),
            PaymentStatus::Submitted
            | PaymentStatus::PendingApproval
            | PaymentStatus::Ambiguous => None,
        };
        let exit = exit.or_else(|| (Instant::now() >= until).then_some(Exit::Waiting));
        if let Some(exit) = exit {
            ctx.screen.answer(&answer, || text(&ctx.screen, &answer))?;
            return Ok(exit);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

fn painted(screen: &Screen, transaction: &TransactionView) -> String {
    let (tone, mark) = match transaction.status {
        PaymentStatus::Executed => (Tone::Good, "●"),
        PaymentStatus::Denied | PaymentStatus::Failed => (Tone::Bad, "✗"),
        PaymentStatus::PendingApproval | PaymentStatus::Ambiguous => (Tone::Careful, "◐"),
        PaymentStatus::Submitted | PaymentStatus::Simulated => (Tone::Faint, "○"),
    };
    screen.paint(tone, format_args!("{mark} {}", transaction.state))
}

fn text(screen: &Screen, answer: &Value) -> String {
    let Ok(transaction) = view::<TransactionView>(answer) else {
        return format!("{answer:#}");
    };
    let state = painted(screen, &transaction);
    let mut lines = vec![
        ("transaction", transaction.id),
        ("state", state),
        (
            "wallet",
            format!("{} ({})", transaction.wallet, transaction.from),
        ),
        (
            "amount",
            format!("{} {}", transaction.amount, transaction.asset),
        ),
        ("to", transaction.to),
        ("chain", transaction.chain),
        ("asked by", transaction.requested_by),
        ("request id", transaction.request_id),
        ("created", transaction.created_at),
    ];
    lines.extend(transaction.reason.map(|reason| ("reason", reason)));
    lines.extend(transaction.memo.map(|memo| ("memo", memo)));
    if let Some(tx) = transaction.tx {
        lines.push(("hash", tx.hash));
        lines.push(("nonce", tx.nonce.to_string()));
        lines.extend(tx.block.map(|block| ("block", block.to_string())));
        lines.extend(tx.confirmations.map(|depth| ("depth", depth.to_string())));
        lines.extend(tx.gas_paid.map(|gas| ("gas paid", gas)));
        lines.extend(tx.explorer_url.map(|url| ("explorer", url)));
    }
    let lines = lines
        .into_iter()
        .map(|(name, value)| format!("{name:<12} {value}"));
    lines.collect::<Vec<_>>().join("\n")
}
