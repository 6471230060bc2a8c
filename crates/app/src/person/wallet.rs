//! Wallets, as people handle them.

use vaultpilot_core::{BaseUnits, Caller, ChainId, Permission, Token};
use vaultpilot_ports::control_plane::{
    BudgetQuery, BudgetView, CreateWallet, FaucetRequest, FaucetView, ListQuery, Listed, WalletRef,
    WalletView,
};
use vaultpilot_ports::{ChainError, Fault};

use super::allowed;
use crate::{App, view};

impl App {
    /// # Errors
    /// `Forbidden` for who may not.
    pub async fn person_wallet_create(
        &self,
        caller: &Caller,
        request: &CreateWallet,
    ) -> Result<WalletView, Fault> {
        allowed(caller, Permission::WalletCreate)?;
        Ok(view::wallet(&*self.wallet_ensure(caller, request).await?))
    }

    /// The same with a key that lives elsewhere and stays there. For people alone: agents name no
    /// key.
    ///
    /// # Errors
    /// `Forbidden` for who may not; `Conflict` when label or key are another wallet's, or the key
    /// does not say that it is this tenant's.
    pub async fn person_wallet_adopt(
        &self,
        caller: &Caller,
        request: &CreateWallet,
        external_key_id: &str,
    ) -> Result<WalletView, Fault> {
        allowed(caller, Permission::WalletCreate)?;
        let adopted = self.wallet_adopted(caller, request, external_key_id, None);
        Ok(view::wallet(&*adopted.await?))
    }

    /// # Errors
    /// `NotFound` when there is no such wallet.
    pub async fn person_wallet(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
    ) -> Result<WalletView, Fault> {
        allowed(caller, Permission::Read)?;
        Ok(view::wallet(&*self.wallet(caller.tenant, wallet).await?))
    }

    /// # Errors
    /// `Invalid` for a page that is none.
    pub async fn person_wallets(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Listed<WalletView>, Fault> {
        allowed(caller, Permission::Read)?;
        self.wallets_read(caller, query).await
    }

    /// # Errors
    /// `Invalid` without a reason.
    pub async fn person_wallet_freeze(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
        reason: &str,
    ) -> Result<WalletView, Fault> {
        allowed(caller, Permission::WalletFreeze)?;
        Ok(view::wallet(
            &*self.wallet_stop(caller, wallet, reason).await?,
        ))
    }

    /// # Errors
    /// `Forbidden` for everybody but an owner.
    pub async fn person_wallet_thaw(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
    ) -> Result<WalletView, Fault> {
        allowed(caller, Permission::WalletThaw)?;
        Ok(view::wallet(&*self.wallet_release(caller, wallet).await?))
    }

    /// # Errors
    /// `Invalid` where there is no faucet.
    pub async fn person_faucet(
        &self,
        caller: &Caller,
        request: &FaucetRequest,
    ) -> Result<FaucetView, Fault> {
        allowed(caller, Permission::WalletCreate)?;
        self.faucet_give(caller, request).await
    }

    /// # Errors
    /// `NotFound` when there is no such wallet.
    pub async fn person_budget(
        &self,
        caller: &Caller,
        query: &BudgetQuery,
    ) -> Result<BudgetView, Fault> {
        allowed(caller, Permission::Read)?;
        self.budget_read(caller, query).await
    }
}

/// A native balance, or why it cannot be told.
pub struct Coin {
    pub chain: ChainId,
    pub symbol: String,
    pub amount: Result<BaseUnits, ChainError>,
}

impl App {
    /// The wallet and its native balances, on one chain or all of its own.
    ///
    /// # Errors
    /// `NotFound` when there is no such wallet.
    pub async fn person_balances(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
        only: Option<ChainId>,
    ) -> Result<(WalletView, Vec<Coin>), Fault> {
        allowed(caller, Permission::Read)?;
        let wallet = self.wallet(caller.tenant, wallet).await?;
        let chains = self.chain.chains();
        let wanted = chains
            .iter()
            .filter(|chain| wallet.is_on(chain.id) && only.is_none_or(|only| only == chain.id));
        let asked = wanted.map(|chain| async {
            let amount = self
                .chain
                .balance(chain.id, wallet.address, Token::Native)
                .await;
            Coin {
                chain: chain.id,
                symbol: chain.currency.clone(),
                amount,
            }
        });
        let coins = futures::future::join_all(asked).await;
        Ok((view::wallet(&wallet), coins))
    }
}
