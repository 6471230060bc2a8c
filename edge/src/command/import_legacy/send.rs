//! What was planned is done: limits first, so that they hold from the first moment; then all wallets
//! at once; then strategies, one by one.

use reqwest::Method;
use serde_json::{Value, json};
use vaultpilot_keys::material::MaterialError;

use super::LegacyArgs;
use super::plan::{Fate, Plan};
use crate::command::Context;
use crate::command::wallet::import::{ImportError, Recipient, send};
use crate::failure::Failure;
use crate::rest::{Body, Rest};

/// As many as the server takes as one import.
pub(super) const MAX_WALLETS: usize = 500;

pub(super) async fn all(
    ctx: &Context,
    rest: &Rest,
    args: &LegacyArgs,
    plan: &mut Plan,
) -> Result<(), Failure> {
    if let Some(rates) = plan.rates.as_mut().filter(|rates| rates.fate == Fate::New) {
        let document = Body::Json(rates.document.clone());
        rest.call(Method::PUT, "policies", document).await?;
        rates.fate = Fate::Done;
    }
    wallets(ctx, rest, args, plan).await?;
    for strategy in &mut plan.strategies {
        if strategy.fate == Fate::New {
            let body = Body::Json(strategy.body.clone());
            rest.call(Method::PUT, "strategies", body).await?;
            strategy.fate = Fate::Done;
        }
    }
    Ok(())
}

async fn wallets(
    ctx: &Context,
    rest: &Rest,
    args: &LegacyArgs,
    plan: &mut Plan,
) -> Result<(), Failure> {
    let count = plan.new_wallets();
    if count == 0 {
        return Ok(());
    }
    let recipient = Recipient::fetch(rest).await?;
    let keys = sealed(plan, &recipient)?;
    ctx.screen.talk(format_args!("importing {count} wallets"));
    send(rest, keys, args.first_policy, Some(recipient.kek)).await?;
    for wallet in &mut plan.wallets {
        if wallet.fate == Fate::New {
            wallet.fate = Fate::Done;
        }
    }
    Ok(())
}

/// Each key is opened again, sealed, and erased: none is kept in the clear between the plan and here.
fn sealed(plan: &Plan, recipient: &Recipient) -> Result<Vec<Value>, ImportError> {
    let opens = plan.keys.as_ref().map_or(&[][..], |keys| &keys.keys);
    let mut keys = Vec::with_capacity(plan.new_wallets());
    for planned in &plan.wallets {
        let Some(wallet) = planned
            .wallet
            .as_ref()
            .filter(|_| planned.fate == Fate::New)
        else {
            continue;
        };
        // It was opened when the plan was made.
        let (secret, _) = wallet
            .open(opens)
            .map_err(|_| ImportError::Key(MaterialError::NotAKey))?;
        keys.push(json!({
            "label": planned.label, "chains": [planned.chain],
            "address": wallet.address.to_checksum(None), "sealed": recipient.seal(&secret)?,
        }));
    }
    Ok(keys)
}
