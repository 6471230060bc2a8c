//! Wallets.

pub mod import;
mod show;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use vaultpilot_ports::control_plane::WalletView;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::{Rest, segment, view};

#[derive(Debug, Subcommand)]
pub enum WalletCommand {
    /// List all wallets
    List,
    /// Show one wallet
    Show(WalletName),
    /// Create a wallet, or show the one that has the label
    Create {
        /// Lower-case letters, digits, inner hyphens
        label: String,
        /// CAIP-2 id; may be repeated. Default: every enabled chain
        #[arg(long = "chain", value_name = "CHAIN")]
        chains: Vec<String>,
        /// A key that lives in AWS KMS and stays there, by its ARN. Default: a key is made
        #[arg(long, value_name = "ARN")]
        external_key: Option<String>,
    },
    /// Bring a private key along: digits, mnemonic, keystore, or sealed elsewhere
    Import(Box<import::ImportArgs>),
    /// Stop a wallet from signing anything
    Freeze {
        #[command(flatten)]
        wallet: WalletName,
        /// Why, for the audit log and for whoever is denied
        #[arg(long)]
        reason: String,
    },
    /// Let a frozen wallet sign again
    Thaw(WalletName),
    /// Get play money from a test network's faucet
    Fund {
        #[command(flatten)]
        wallet: WalletName,
        /// Needed when the wallet is on several chains
        #[arg(long)]
        chain: Option<String>,
        /// In coins, such as 0.5. Default: 1
        #[arg(long)]
        amount: Option<String>,
    },
    /// Show what a wallet holds
    Balances {
        #[command(flatten)]
        wallet: WalletName,
        #[arg(long)]
        chain: Option<String>,
    },
    /// Show what a wallet may still spend
    Budget {
        #[command(flatten)]
        wallet: WalletName,
        #[arg(long)]
        chain: Option<String>,
        /// `native` or a token's address
        #[arg(long)]
        asset: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct WalletName {
    /// Label or id
    #[arg(value_name = "WALLET")]
    pub name: String,
}

impl WalletName {
    fn path(&self) -> String {
        format!("wallets/{}", segment(&self.name))
    }
}

pub(super) async fn run(command: &WalletCommand, ctx: &Context) -> Result<Exit, Failure> {
    let rest = ctx.rest()?;
    match command {
        WalletCommand::List => show::list(ctx, &rest).await?,
        WalletCommand::Show(wallet) => {
            let answer = rest.get(&wallet.path()).await?;
            ctx.screen.answer(&answer, || show::one(&answer))?;
        }
        WalletCommand::Create {
            label,
            chains,
            external_key,
        } => {
            let mut wish = json!({ "label": label, "chains": chains });
            if let Some(id) = external_key {
                wish["external_key_id"] = json!(id);
            }
            let answer = rest.post("wallets", wish).await?;
            ctx.screen.answer(&answer, || show::one(&answer))?;
            ctx.screen
                .talk(format_args!("next: vaultpilot wallet fund {label}"));
        }
        WalletCommand::Import(args) => return import::run(args, ctx, &rest).await,
        WalletCommand::Freeze { wallet, reason } => {
            let path = format!("{}/freeze", wallet.path());
            let answer = rest.post(&path, json!({ "reason": reason })).await?;
            ctx.screen.answer(&answer, || show::one(&answer))?;
        }
        WalletCommand::Thaw(wallet) => {
            let answer = rest
                .post(&format!("{}/thaw", wallet.path()), json!({}))
                .await?;
            ctx.screen.answer(&answer, || show::one(&answer))?;
        }
        WalletCommand::Fund {
            wallet,
            chain,
            amount,
        } => {
            let chain = match chain {
                Some(chain) => chain.clone(),
                None => only_chain(&rest, wallet).await?,
            };
            let body = json!({ "chain": chain, "amount": amount });
            let answer = rest
                .post(&format!("{}/faucet", wallet.path()), body)
                .await?;
            ctx.screen.answer(&answer, || {
                let word = answer.get("message").or_else(|| answer.get("tx_hash"));
                word.and_then(Value::as_str).unwrap_or("funded").to_owned()
            })?;
        }
        WalletCommand::Balances { wallet, chain } => {
            let query = query([("chain", chain)]);
            let answer = rest
                .get(&format!("{}/balances{query}", wallet.path()))
                .await?;
            let text = show::balances(&ctx.screen, &answer)?;
            ctx.screen.answer(&answer, || text)?;
        }
        WalletCommand::Budget {
            wallet,
            chain,
            asset,
        } => {
            let query = query([("chain", chain), ("asset", asset)]);
            let answer = rest
                .get(&format!("{}/budget{query}", wallet.path()))
                .await?;
            let text = show::budget(&ctx.screen, &answer)?;
            ctx.screen.answer(&answer, || text)?;
        }
    }
    Ok(Exit::Ok)
}

/// The chain of a wallet that is on one chain.
async fn only_chain(rest: &Rest, wallet: &WalletName) -> Result<String, Failure> {
    let found: WalletView = view(&rest.get(&wallet.path()).await?)?;
    match <[String; 1]>::try_from(found.chains) {
        Ok([only]) => Ok(only),
        Err(chains) => Err(Failure::ChainNeeded {
            wallet: wallet.name.clone(),
            chains,
        }),
    }
}

/// A query of what is given.
pub(super) fn query<const N: usize>(parts: [(&str, &Option<String>); N]) -> String {
    let given = parts
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let given: Vec<String> = given
        .map(|(name, value)| format!("{name}={}", segment(value)))
        .collect();
    if given.is_empty() {
        String::new()
    } else {
        format!("?{}", given.join("&"))
    }
}
