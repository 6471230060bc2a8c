//! What chains say of wallets that came out of a backup.

use serde_json::json;
use vaultpilot_app::{ChainStanding, Reconciliation, RestoredChain, RestoredWallet};

use crate::command::Context;
use crate::command::wallet::query;
use crate::failure::Failure;
use crate::rest::view;
use crate::screen::Tone;

pub(super) async fn run(
    ctx: &Context,
    wallet: Option<&str>,
    acknowledge: bool,
) -> Result<(), Failure> {
    let rest = ctx.rest()?;
    let answer = if acknowledge {
        rest.post("reconcile", json!({ "wallet": wallet })).await?
    } else {
        let named = wallet.map(ToOwned::to_owned);
        rest.get(&format!("reconcile{}", query([("wallet", &named)])))
            .await?
    };
    let seen: Reconciliation = view(&answer)?;
    ctx.screen.answer(&answer, || text(ctx, &seen))?;
    if !acknowledge && !seen.wallets.is_empty() {
        ctx.screen.talk(
            "next: look at what was paid since the backup, then the same command with --acknowledge",
        );
    }
    Ok(())
}

fn text(ctx: &Context, seen: &Reconciliation) -> String {
    if seen.wallets.is_empty() {
        return "nothing to be reconciled".to_owned();
    }
    let wallets: Vec<String> = seen.wallets.iter().map(|it| one(ctx, it)).collect();
    wallets.join("\n\n")
}

fn one(ctx: &Context, wallet: &RestoredWallet) -> String {
    let head = ctx.screen.paint(Tone::Strong, &wallet.label);
    let mut lines = vec![format!(
        "{head} {}: restored {}, was {}, is {}",
        wallet.address, wallet.restored_at, wallet.was, wallet.state
    )];
    lines.extend(wallet.chains.iter().map(chain));
    if wallet.unknown_transactions > 0 {
        lines.push(format!(
            "  {} transactions are on chain and not in the backup: how much they moved is not known \
             here, and no limit counts it",
            wallet.unknown_transactions
        ));
    }
    let refused = if wallet.acknowledged {
        "refused for good"
    } else {
        "would be refused for good"
    };
    for payment in &wallet.refused {
        lines.push(format!(
            "  {} {} to {} on {}: {refused}, it may have been paid",
            payment.id, payment.amount, payment.to, payment.chain
        ));
    }
    for payment in &wallet.followed {
        let known = match payment.known {
            Some(true) => "known to the chain",
            Some(false) => "not known to the chain, sent again",
            None => "the chain does not answer",
        };
        lines.push(format!("  {} was signed: followed, {known}", payment.id));
    }
    lines.join("\n")
}

fn chain(chain: &RestoredChain) -> String {
    let said = match chain.standing {
        ChainStanding::Level => "level",
        ChainStanding::Ahead => "ahead",
        ChainStanding::Behind => "behind",
        ChainStanding::Unreachable => "does not answer",
        ChainStanding::NotConfigured => "has no endpoint here",
    };
    let nonce = |nonce: Option<u64>| nonce.map_or_else(|| "-".to_owned(), |it| it.to_string());
    format!(
        "  {} {said}: database {}, in blocks {}, with the pool {}",
        chain.chain,
        chain.database,
        nonce(chain.latest),
        nonce(chain.pending)
    )
}
