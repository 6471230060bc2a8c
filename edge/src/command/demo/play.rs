//! The order of the scenes, and what every scene needs.

use serde_json::{Value, json};
use tokio::time::{Duration, Instant};
use vaultpilot_core::BaseUnits;
use vaultpilot_ports::control_plane::{BudgetView, PaymentStatus, PaymentView, TransactionView};

use super::Names;
use super::step::{Shown, announce, show};
use crate::command::Context;
use crate::failure::Failure;
use crate::mcp::{Called, Session};
use crate::rest::{Rest, view};

/// The demo's coin has the decimals of ether.
const DECIMALS: u8 = 18;

pub(super) struct Play<'a> {
    pub ctx: &'a Context,
    pub rest: &'a Rest,
    pub agent: Session,
    pub chain: String,
    pub names: Names,
    pub steps: u32,
}

impl Play<'_> {
    /// All scenes, in order. `bare` means that no policy is in force yet.
    pub(super) async fn all(&mut self, bare: bool) -> Result<(), Failure> {
        if bare {
            self.ground_rules().await?;
        }
        self.wallet().await?;
        self.faucet().await?;
        self.policy().await?;
        let before = self.budget("What it may spend").await?;
        let paid = self.payment().await?;
        self.denial().await?;
        self.approval().await?;
        self.retry(&paid).await?;
        let after = self.budget("What it has spent").await?;
        spent_exactly(before, after)
    }

    /// Announces a step, carries it out, and shows what came of it.
    pub(super) async fn step<T>(
        &mut self,
        title: &'static str,
        call: &str,
        act: impl AsyncFnOnce(&mut Self) -> Result<(T, Shown), Failure>,
    ) -> Result<T, Failure> {
        self.steps += 1;
        announce(self.ctx, self.steps, title, call)?;
        let begun = Instant::now();
        let (result, shown) = act(self).await?;
        show(
            self.ctx,
            self.steps,
            title,
            &shown,
            begun.elapsed().as_millis(),
        )?;
        Ok(result)
    }

    /// Calls a tool that must not fail.
    pub(super) async fn call(
        &mut self,
        step: &'static str,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, Failure> {
        let Called { is_error, content } = self.agent.call(tool, arguments).await?;
        if is_error {
            let got = format!("an error: {content}");
            return Err(Failure::Step {
                step,
                expected: "an answer",
                got,
            });
        }
        Ok(content)
    }

    /// Asks for a payment, whatever becomes of it.
    pub(super) async fn transfer(
        &mut self,
        amount: &str,
        purpose: &str,
    ) -> Result<PaymentView, Failure> {
        let arguments = json!({
            "wallet": "demo",
            "chain": self.chain,
            "to": self.names.recipient,
            "asset": "native",
            "amount": amount,
            "request_id": format!("demo-{}-{purpose}", self.names.mark),
            "memo": "vaultpilot demo",
        });
        let Called { content, .. } = self.agent.call("transfer", arguments).await?;
        serde_json::from_value(content.clone()).map_err(|_| Failure::Step {
            step: "transfer",
            expected: "a payment",
            got: content.to_string(),
        })
    }

    /// Follows a payment until it is in a block.
    pub(super) async fn mined(
        &self,
        step: &'static str,
        id: &str,
    ) -> Result<TransactionView, Failure> {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let now: TransactionView = view(&self.rest.get(&format!("transactions/{id}")).await?)?;
            let in_block = now.tx.as_ref().is_some_and(|tx| tx.block.is_some());
            match now.status {
                PaymentStatus::Executed => return Ok(now),
                PaymentStatus::Submitted if in_block => return Ok(now),
                PaymentStatus::Denied | PaymentStatus::Failed => {
                    let reason = now.reason.as_deref().unwrap_or(&now.state);
                    return Err(wrong(step, "a transaction in a block", reason));
                }
                _ if Instant::now() >= until => {
                    return Err(wrong(
                        step,
                        "a transaction in a block within 30 s",
                        &now.state,
                    ));
                }
                _ => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    async fn budget(&mut self, title: &'static str) -> Result<BaseUnits, Failure> {
        self.step(title, "get_budget demo", async |play| {
            let content = play
                .call(title, "get_budget", json!({ "wallet": "demo" }))
                .await?;
            let budget: BudgetView = view(&content)?;
            let line = budget.lines.iter().find(|line| {
                line.policy == "demo-guard" && line.kind == "rolling" && line.asset == "native"
            });
            let line = line.ok_or_else(|| wrong(title, "a rolling limit", "none"))?;
            let used = line.used.as_deref().unwrap_or("0");
            let left = line.remaining.as_deref().unwrap_or("?");
            let shown = format!("{used} of {} used in 24 h, {left} left", line.limit);
            let used = BaseUnits::parse(used, DECIMALS)
                .map_err(|_| wrong(title, "an amount in coins", used))?;
            Ok((used, Shown::good(shown)))
        })
        .await
    }
}

pub(super) fn wrong(step: &'static str, expected: &'static str, got: &str) -> Failure {
    Failure::Step {
        step,
        expected,
        got: got.to_owned(),
    }
}

/// 0.01 paid and 0.03 approved, the retry nothing: gas may come on top, another payment may not.
fn spent_exactly(before: BaseUnits, after: BaseUnits) -> Result<(), Failure> {
    let spent = after.saturating_sub(before);
    let bound = |text| BaseUnits::parse(text, DECIMALS).unwrap_or_default();
    if (bound("0.04")..bound("0.05")).contains(&spent) {
        return Ok(());
    }
    Err(wrong(
        "What it has spent",
        "0.04 more than before",
        &spent.format(DECIMALS),
    ))
}
