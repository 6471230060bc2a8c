//! `get_balances`: what a wallet holds. A chain that cannot be reached spoils its own lines only.

use futures::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Address, Asset, BaseUnits, ChainId, Token, Tool};
use vaultpilot_ports::chain::ChainView;
use vaultpilot_ports::control_plane::WalletView;
use vaultpilot_ports::{ChainError, Fault};

use super::request_faucet_funds::NATIVE_DECIMALS;
use super::untrusted::plain;
use super::{Call, Hints, Spec, admit};
use crate::answer::Answer;
use crate::argument;
use crate::error::{chain_fault, sentence};

/// More than this is a scan, not a question.
const MAX_ASSETS: usize = 20;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    wallet: String,
    /// All chains of the wallet when absent
    chain: Option<String>,
    /// Token addresses on that chain, beside native
    #[serde(default)]
    #[schemars(length(max = 20))]
    assets: Vec<String>,
}

#[derive(Serialize)]
struct BalancesView {
    wallet: String,
    address: String,
    balances: Vec<Line>,
}

/// One asset: its amount, or why there is none.
#[derive(Serialize)]
struct Line {
    chain: String,
    asset: String,
    #[serde(flatten)]
    held: Held,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Held {
    Amount {
        amount: String,
        amount_raw: String,
        decimals: u8,
        symbol: String,
        /// Fields that are words of the contract.
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        untrusted: &'static [&'static str],
    },
    Unknown {
        error: LineError,
    },
}

#[derive(Serialize)]
struct LineError {
    code: String,
    message: String,
    retryable: bool,
}

pub(super) struct GetBalances;

impl Spec for GetBalances {
    const DESCRIPTION: &'static str = "What a wallet holds: native coin, and the tokens you name.";
    const HINTS: Hints = Hints::READS_CHAIN;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let wallet = argument::wallet(&arguments.wallet)?;
        let chain = arguments
            .chain
            .as_deref()
            .map(argument::chain)
            .transpose()?;
        let tokens = tokens(&arguments.assets, chain)?;
        let admitted = admit(call, Tool::GetBalances, Some(wallet.clone()), chain).await?;
        let wallet = admitted.ok_or_else(|| Fault::not_found("wallet", wallet))?;
        let assets = assets(call, &wallet, chain, &tokens)?;
        let account = argument::address("wallet", &wallet.address)?;
        let known = call.chain().chains();
        let lines = assets
            .into_iter()
            .map(|asset| line(call, &known, account, asset));
        let balances = join_all(lines).await;
        let sentence = sentence_of(&wallet, &balances);
        let view = BalancesView {
            wallet: wallet.label,
            address: wallet.address,
            balances,
        };
        Answer::view(sentence, &view)
    }
}

/// The tokens that were named, once each.
fn tokens(texts: &[String], chain: Option<ChainId>) -> Result<Vec<Token>, Fault> {
    if texts.len() > MAX_ASSETS {
        let message = format!("assets has more than {MAX_ASSETS} entries");
        return Err(Fault::invalid("too_many_assets", "assets", message));
    }
    let mut tokens = Vec::with_capacity(texts.len());
    for text in texts {
        let token = argument::token("assets", text)?;
        if token != Token::Native && !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    if !tokens.is_empty() && chain.is_none() {
        let message = "name the chain: a token address means something on one chain only";
        return Err(Fault::invalid("chain_missing", "chain", message));
    }
    Ok(tokens)
}

/// Native coin first, then the tokens.
fn assets(
    call: &Call<'_>,
    wallet: &WalletView,
    chain: Option<ChainId>,
    tokens: &[Token],
) -> Result<Vec<Asset>, Fault> {
    let Some(chain) = chain else {
        let chains = wallet.chains.iter().map(|chain| argument::chain(chain));
        return chains.map(|chain| chain.map(Asset::native)).collect();
    };
    if !call.chain().chains().iter().any(|view| view.id == chain) {
        return Err(chain_fault(ChainError::Unknown { chain }, "assets"));
    }
    let all = std::iter::once(&Token::Native).chain(tokens);
    Ok(all.map(|&token| Asset { chain, token }).collect())
}

async fn line(call: &Call<'_>, known: &[ChainView], account: Address, asset: Asset) -> Line {
    let held = match asset.token {
        Token::Native => native(call, known, account, asset.chain).await,
        Token::Erc20(contract) => token(call, account, asset, contract).await,
    };
    let held = held.unwrap_or_else(|error| {
        let fault = chain_fault(error, "assets");
        let error = LineError {
            code: fault.code().to_owned(),
            message: sentence(&fault),
            retryable: fault.is_retryable(),
        };
        Held::Unknown { error }
    });
    Line {
        chain: asset.chain.to_string(),
        asset: asset.token.to_string(),
        held,
    }
}

async fn native(
    call: &Call<'_>,
    known: &[ChainView],
    account: Address,
    chain: ChainId,
) -> Result<Held, ChainError> {
    let amount = call.chain().balance(chain, account, Token::Native).await?;
    let view = known.iter().find(|view| view.id == chain);
    let symbol = view.map_or_else(String::new, |view| view.currency.clone());
    Ok(held(amount, NATIVE_DECIMALS, symbol, &[]))
}

async fn token(
    call: &Call<'_>,
    account: Address,
    asset: Asset,
    contract: Address,
) -> Result<Held, ChainError> {
    let facts = call.chain().token(asset.chain, contract);
    let amount = call.chain().balance(asset.chain, account, asset.token);
    let (facts, amount) = futures::try_join!(facts, amount)?;
    Ok(held(
        amount,
        facts.decimals,
        plain(&facts.symbol),
        &["symbol"],
    ))
}

fn held(
    amount: BaseUnits,
    decimals: u8,
    symbol: String,
    untrusted: &'static [&'static str],
) -> Held {
    Held::Amount {
        amount: amount.format(decimals),
        amount_raw: amount.to_string(),
        decimals,
        symbol,
        untrusted,
    }
}

fn sentence_of(wallet: &WalletView, lines: &[Line]) -> String {
    let unknown = lines
        .iter()
        .filter(|line| matches!(line.held, Held::Unknown { .. }))
        .count();
    let known = lines.len().saturating_sub(unknown);
    match unknown {
        0 => format!("balances of wallet {}: {known}", wallet.label),
        _ => format!(
            "balances of wallet {}: {known}, and {unknown} unknown",
            wallet.label
        ),
    }
}
