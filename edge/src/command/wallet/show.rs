//! Wallets, balances and budgets as text.

use serde_json::{Value, json};
use vaultpilot_ports::control_plane::{BudgetView, WalletView};

use crate::command::Context;
use crate::failure::Failure;
use crate::rest::{Rest, view};
use crate::screen::{Screen, Tone};
use crate::view::Balance;

pub(super) async fn list(ctx: &Context, rest: &Rest) -> Result<(), Failure> {
    let items = rest.list("wallets", 10_000).await?;
    let wallets: Vec<WalletView> = items.iter().map(view).collect::<Result<_, _>>()?;
    if wallets.is_empty() {
        ctx.screen
            .talk("There is no wallet yet. Next: vaultpilot wallet create treasury");
    }
    ctx.screen.answer(&json!({ "items": items }), || {
        if wallets.is_empty() {
            return String::new();
        }
        let row = |wallet: &WalletView| {
            let tone = if wallet.state == "active" {
                Tone::Good
            } else {
                Tone::Bad
            };
            let state = ctx.screen.paint(tone, &wallet.state);
            [
                wallet.label.clone(),
                wallet.address.clone(),
                state,
                wallet.chains.join(", "),
            ]
        };
        let rows = wallets.iter().map(row).collect();
        ctx.screen
            .table(["wallet", "address", "state", "chains"], rows)
    })?;
    Ok(())
}

pub(super) fn one(answer: &Value) -> String {
    let Ok(wallet) = view::<WalletView>(answer) else {
        return format!("{answer:#}");
    };
    let state = match &wallet.state_reason {
        Some(reason) => format!("{}: {reason}", wallet.state),
        None => wallet.state,
    };
    let lines = [
        ("wallet", wallet.label),
        ("id", wallet.id),
        ("address", wallet.address),
        ("state", state),
        ("chains", wallet.chains.join(", ")),
        ("created", wallet.created_at),
    ];
    lines
        .map(|(name, value)| format!("{name:<8} {value}"))
        .join("\n")
}

pub(super) fn balances(screen: &Screen, answer: &Value) -> Result<String, Failure> {
    let listed = answer
        .get("balances")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let listed: Vec<Balance> = listed.iter().map(view).collect::<Result<_, _>>()?;
    let row = |balance: Balance| {
        let amount = match (balance.amount, balance.error) {
            (Some(amount), None) => amount,
            (_, Some(error)) => screen.paint(Tone::Bad, error),
            (None, None) => "unknown".to_owned(),
        };
        [
            balance.chain,
            balance.symbol.unwrap_or_default(),
            amount,
            balance.asset,
        ]
    };
    Ok(screen.table(
        ["chain", "symbol", "amount", "asset"],
        listed.into_iter().map(row).collect(),
    ))
}

pub(super) fn budget(screen: &Screen, answer: &Value) -> Result<String, Failure> {
    let budget: BudgetView = view(answer)?;
    if budget.lines.is_empty() {
        return Ok("No policy lists an asset for this wallet: nothing may be spent.".to_owned());
    }
    let row = |line: &vaultpilot_ports::control_plane::BudgetLine| {
        let window = line
            .window_s
            .map_or_else(String::new, |seconds| match seconds {
                s if s % 3600 == 0 => format!("{} h", s / 3600),
                s => format!("{s} s"),
            });
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
        let limit = format!("{} {window}", line.kind).trim_end().to_owned();
        [
            format!("{}/{}", line.chain, line.asset),
            limit,
            line.limit.clone(),
            or_dash(&line.used),
            or_dash(&line.remaining),
            format!("{} {}", line.policy, line.rule),
        ]
    };
    let rows = budget.lines.iter().map(row).collect();
    Ok(screen.table(["asset", "limit", "at most", "used", "left", "by"], rows))
}
