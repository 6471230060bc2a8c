//! The scenes.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};
use vaultpilot_policy::DEVNET_GUARD;
use vaultpilot_ports::control_plane::{PaymentStatus, PaymentView, WalletView};

use super::play::{Play, wrong};
use super::step::Shown;
use crate::failure::Failure;
use crate::rest::{Body, view};

const GUARD: &str = include_str!("guard.yaml");

impl Play<'_> {
    /// Without any policy nothing is allowed, not even a wallet.
    pub(super) async fn ground_rules(&mut self) -> Result<(), Failure> {
        let title = "The owner allows agents of the local chain the first steps";
        self.step(
            title,
            "vaultpilot policy apply  (devnet-guard)",
            async |play| {
                let body = Body::Yaml(DEVNET_GUARD.to_owned());
                play.rest.call(Method::PUT, "policies", body).await?;
                Ok(((), Shown::good("policy devnet-guard is in force")))
            },
        )
        .await
    }

    pub(super) async fn wallet(&mut self) -> Result<(), Failure> {
        let title = "The agent makes a wallet; its key never leaves the server";
        self.step(title, "create_wallet demo", async |play| {
            let arguments = json!({ "label": "demo", "chains": [play.chain] });
            let made: WalletView = view(&play.call(title, "create_wallet", arguments).await?)?;
            Ok((
                (),
                Shown::good(format!("{} is {}", made.label, made.address)),
            ))
        })
        .await
    }

    pub(super) async fn faucet(&mut self) -> Result<(), Failure> {
        let title = "It asks for play money";
        self.step(title, "request_faucet_funds demo 1", async |play| {
            let arguments = json!({ "wallet": "demo", "chain": play.chain, "amount": "1" });
            let funded = play.call(title, "request_faucet_funds", arguments).await?;
            let hash = funded
                .get("tx_hash")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let held = play.funded(title).await?;
            let mut shown = Shown::good(format!("it holds {held}"));
            shown.lines.push(format!("on the chain: {hash}"));
            Ok(((), shown))
        })
        .await
    }

    /// Waits for the faucet's coins, and gives what the wallet holds.
    async fn funded(&mut self, step: &'static str) -> Result<String, Failure> {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let arguments = json!({ "wallet": "demo", "chain": self.chain });
            let content = self.call(step, "get_balances", arguments).await?;
            let listed = content.get("balances").and_then(Value::as_array);
            let native = listed
                .into_iter()
                .flatten()
                .find(|balance| balance.get("asset").and_then(Value::as_str) == Some("native"));
            let amount = native.and_then(|balance| balance.get("amount")?.as_str());
            match amount {
                Some(amount) if amount != "0" => return Ok(amount.to_owned()),
                _ if Instant::now() >= until => {
                    return Err(wrong(
                        step,
                        "coins within 30 s",
                        amount.unwrap_or("no balance"),
                    ));
                }
                _ => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    pub(super) async fn policy(&mut self) -> Result<(), Failure> {
        let title = "The owner sets limits for this wallet";
        let person = self.names.person;
        self.step(
            title,
            "vaultpilot policy apply  (demo-guard)",
            async |play| {
                let code = if person { "true" } else { "false" };
                let text = GUARD
                    .replace("{chain}", &play.chain)
                    .replace("{code}", code);
                play.rest
                    .call(Method::PUT, "policies", Body::Yaml(text))
                    .await?;
                let mut shown = Shown::good("at most 0.05 a payment and 1.0 a day");
                shown.lines.push(if person {
                    "above 0.02 a person is asked, who needs a one-time code".to_owned()
                } else {
                    "above 0.02 a person is asked (without a code: nobody sits here to type it)"
                        .to_owned()
                });
                Ok(((), shown))
            },
        )
        .await
    }

    /// Gives the payment, to be compared with its retry.
    pub(super) async fn payment(&mut self) -> Result<PaymentView, Failure> {
        let title = "It pays 0.01, which is within the limits";
        self.step(title, "transfer 0.01", async |play| {
            let paid = play.transfer("0.01", "payment").await?;
            let Some(id) = paid.transaction_id.clone() else {
                return Err(wrong(title, "a transaction", &paid.message));
            };
            let mined = play.mined(title, &id).await?;
            let mut shown = Shown::payment(&paid);
            shown.lines.push(format!("{id} is {}", mined.state));
            Ok((paid, shown))
        })
        .await
    }

    pub(super) async fn denial(&mut self) -> Result<(), Failure> {
        let title = "It tries 0.2, which is too much";
        self.step(title, "transfer 0.2", async |play| {
            let answer = play.transfer("0.2", "too-much").await?;
            let limited = answer
                .decision
                .reasons
                .iter()
                .any(|reason| reason.code.as_str() == "per_tx_limit");
            if answer.status != PaymentStatus::Denied || !limited {
                return Err(wrong(title, "a denial with per_tx_limit", &answer.message));
            }
            Ok(((), Shown::payment(&answer)))
        })
        .await
    }

    pub(super) async fn approval(&mut self) -> Result<(), Failure> {
        let title = "It asks for 0.03: allowed, if a person agrees";
        let asked = self
            .step(title, "transfer 0.03", async |play| {
                let asked = play.transfer("0.03", "approval").await?;
                if asked.status != PaymentStatus::PendingApproval || asked.approval.is_none() {
                    return Err(wrong(title, "pending_approval", &asked.message));
                }
                let shown = Shown::payment(&asked);
                Ok((asked, shown))
            })
            .await?;
        let Some(approval) = asked.approval else {
            return Ok(());
        };
        let title = "The owner agrees, and it goes out after one more judgement";
        let call = format!("vaultpilot approval approve {}", approval.id);
        self.step(title, &call, async |play| {
            let code = if approval.code_required {
                Some(play.code(&approval.id)?)
            } else {
                None
            };
            let path = format!("approvals/{}/approve", approval.id);
            play.rest.post(&path, json!({ "code": code })).await?;
            let mined = play.mined(title, &approval.transaction_id).await?;
            let mut shown = Shown::good(format!("{} is {}", mined.id, mined.state));
            shown
                .lines
                .extend(mined.tx.map(|tx| format!("on the chain: {}", tx.hash)));
            Ok(((), shown))
        })
        .await
    }

    fn code(&self, approval: &str) -> Result<String, Failure> {
        let question = "    One-time code, from the line in the terminal of `vaultpilot up`:";
        let given = self.ctx.screen.ask(question);
        given.ok_or_else(|| Failure::CodeNeeded {
            approval: approval.to_owned(),
        })
    }

    pub(super) async fn retry(&mut self, paid: &PaymentView) -> Result<(), Failure> {
        let title = "Unsure whether the first payment arrived, it retries with the same request_id";
        self.step(title, "transfer 0.01", async |play| {
            let again = play.transfer("0.01", "payment").await?;
            if again.transaction_id.is_none() || again.transaction_id != paid.transaction_id {
                let got = again.transaction_id.as_deref().unwrap_or("none");
                return Err(wrong(title, "the same transaction", got));
            }
            let id = again.transaction_id.as_deref().unwrap_or_default();
            let shown = format!(
                "{}: the same transaction {id}, paid once",
                again.status.as_str()
            );
            Ok(((), Shown::good(shown)))
        })
        .await
    }
}
