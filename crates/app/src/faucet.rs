//! Test coins from networks that have a faucet.

use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{BaseUnits, Caller, ChainId, Duration, Token, Tool, Wallet};
use vaultpilot_ports::control_plane::{FaucetRequest, FaucetView};
use vaultpilot_ports::{ChainError, Fault};

use crate::App;
use crate::admit::Subject;
use crate::error::OrFault;

/// What is given when nothing is asked: 1 coin. The most at once: 100.
const USUAL: u128 = 1_000_000_000_000_000_000;
const MOST: u128 = 100 * USUAL;
/// How long the coins are awaited, and how often they are looked for.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(100);

impl App {
    /// As an agent asks for it.
    pub(crate) async fn faucet_call(
        &self,
        caller: &Caller,
        request: &FaucetRequest,
    ) -> Result<FaucetView, Fault> {
        self.enter(
            caller,
            Tool::RequestFaucetFunds,
            Subject::Wallet(&request.wallet),
        )
        .await?;
        self.faucet_give(caller, request).await
    }

    pub(crate) async fn faucet_give(
        &self,
        caller: &Caller,
        request: &FaucetRequest,
    ) -> Result<FaucetView, Fault> {
        let wallet = self.wallet(caller.tenant, &request.wallet).await?;
        let chain = request.chain;
        let chains = self.chain.chains();
        let known = chains.iter().find(|known| known.id == chain);
        let known = known.ok_or(ChainError::Unknown { chain }).fault()?;
        if !known.faucet {
            return Err(ChainError::NoFaucet { chain }).fault();
        }
        let amount = request
            .amount
            .unwrap_or_else(|| BaseUnits::from_u128(USUAL));
        if amount.is_zero() || amount > BaseUnits::from_u128(MOST) {
            let message = "the faucet gives more than nothing and at most 100 coins at once";
            return Err(Fault::invalid("amount_out_of_range", "amount", message));
        }
        let before = self.coins(chain, &wallet).await?;
        let hash = self
            .faucet
            .fund(chain, wallet.address, amount)
            .await
            .fault()?;
        let mut draft = self.draft(caller, Action::WalletFunded, Outcome::Succeeded);
        draft.wallet = Some(wallet.id);
        let draft = draft
            .fact("chain", chain)
            .fact("amount_raw", amount)
            .fact("tx", hash);
        self.audit(caller.tenant, draft).await?;
        let arrived = self
            .arrives(chain, &wallet, before.saturating_add(amount))
            .await;
        let message = if arrived {
            "test coins have arrived"
        } else {
            "test coins are on their way; get_balances shows them after a block"
        };
        Ok(FaucetView {
            wallet: wallet.label.to_string(),
            chain: chain.to_string(),
            amount: amount.format(18),
            amount_raw: amount.to_string(),
            tx_hash: hash.to_string(),
            message: message.to_owned(),
        })
    }

    /// Waits a few blocks of a test network, so that whoever asked can spend at once.
    async fn arrives(&self, chain: ChainId, wallet: &Wallet, wanted: BaseUnits) -> bool {
        let wait = async {
            while self
                .coins(chain, wallet)
                .await
                .is_ok_and(|coins| coins < wanted)
            {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.is_ok()
    }

    async fn coins(&self, chain: ChainId, wallet: &Wallet) -> Result<BaseUnits, Fault> {
        self.chain
            .balance(chain, wallet.address, Token::Native)
            .await
            .fault()
    }
}
