//! A Wallet resource: its key is made once; deleting it takes the right to sign, never the key.

use sha2::{Digest as _, Sha256};
use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{Caller, Label, Managed, Token, Wallet, WalletId, WalletState};
use vaultpilot_intent::StateName;
use vaultpilot_ports::control_plane::{BudgetQuery, WalletRef};
use vaultpilot_ports::resource_plane::{BalanceLine, Release, WalletReport, WalletWish};
use vaultpilot_ports::store::{IntentFilter, Page, StrategyFilter};
use vaultpilot_ports::{Fault, ReadTx};

use super::claim::{Claim, claim, is_held};
use super::tenant::count;
use crate::App;
use crate::error::OrFault;
use crate::transaction::in_flight;
use crate::wallet::BY_RESOURCE;

impl App {
    /// The wallet as it is wished for, and whether it was found again.
    pub(super) async fn wallet_wished(
        &self,
        caller: &Caller,
        wish: &WalletWish,
        made: WalletId,
    ) -> Result<(Wallet, bool), Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let stored = tx.wallet_fetch(made).await.fault()?;
        let mut wallet = stored.ok_or_else(|| Fault::not_found("wallet", &wish.name))?;
        let claimed = claim(wallet.managed.as_ref(), &wish.by)?;
        let state = self.wanted_wallet_state(&wallet.state, wish);
        let reattached = wallet.state.is_detached();
        if claimed == Claim::Held && state == wallet.state {
            return Ok((wallet, reattached));
        }
        let action = if reattached {
            Action::WalletAttached
        } else {
            Action::WalletManaged
        };
        let mut draft = self.draft(caller, action, Outcome::Succeeded);
        draft.wallet = Some(wallet.id);
        let mut draft = draft.fact("resource", &wish.by);
        if claimed == Claim::Taken {
            tx.wallet_manage(wallet.id, Some(&wish.by)).await.fault()?;
            wallet.managed = Some(wish.by.clone());
        }
        if state != wallet.state {
            tx.wallet_update(wallet.id, &state).await.fault()?;
            if let WalletState::Frozen { reason, .. } = &state {
                draft = draft.fact("reason", reason);
            }
            wallet.state = state;
        }
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.changed(caller.tenant);
        Ok((wallet, reattached))
    }

    /// A freeze by a person, and a halt, outlast the resource's wish; its own freeze ends with it.
    fn wanted_wallet_state(&self, stored: &WalletState, wish: &WalletWish) -> WalletState {
        let stored = match stored {
            WalletState::Detached { was, .. } => was,
            other => other,
        };
        // A resource reconciles nothing: what it wants holds once a person has.
        if let WalletState::Restored { at, was } = stored {
            return WalletState::Restored {
                at: *at,
                was: Box::new(self.wanted_wallet_state(was, wish)),
            };
        }
        let ours = format!("{BY_RESOURCE}{}", wish.by);
        let is_others = match stored {
            WalletState::Halted { .. } => true,
            WalletState::Frozen { reason, .. } => !reason.starts_with(&ours),
            _ => false,
        };
        match &wish.frozen {
            _ if is_others => stored.clone(),
            None if stored.may_sign() => stored.clone(),
            None => WalletState::Active,
            Some(why) => {
                let reason = format!("{ours}: {why}");
                match stored {
                    WalletState::Frozen { reason: known, .. } if *known == reason => stored.clone(),
                    _ => WalletState::Frozen {
                        reason,
                        at: self.now(),
                    },
                }
            }
        }
    }

    pub(super) async fn wallet_report(
        &self,
        caller: &Caller,
        wallet: &Wallet,
        balances: bool,
    ) -> Result<WalletReport, Fault> {
        let reference = WalletRef::Id(wallet.id);
        let query = BudgetQuery {
            wallet: reference,
            chain: None,
            token: None,
        };
        let budget = self.budget_read(caller, &query).await?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let key = tx.wallet_key_fetch(wallet.id).await.fault()?;
        let key = key.ok_or_else(|| Fault::not_found("key of wallet", &wallet.label))?;
        let pending = under_way(tx.as_mut(), wallet).await?;
        let newest = IntentFilter {
            wallet: Some(wallet.id),
            states: Vec::new(),
        };
        let last = tx.intent_list(&newest, Page::first(1)).await.fault()?;
        let waiting = IntentFilter {
            wallet: Some(wallet.id),
            states: vec![StateName::AwaitingApproval],
        };
        let waiting = tx
            .intent_list(&waiting, Page::first(Page::MAX))
            .await
            .fault()?;
        drop(tx);
        let last_transaction = match last.first() {
            Some((intent, _)) => Some(self.transaction_view(intent).await?),
            None => None,
        };
        let view = crate::view::wallet(wallet);
        Ok(WalletReport {
            id: view.id,
            address: view.address,
            key_version: key.version,
            key_fingerprint: fingerprint(wallet),
            provider: key.provider,
            state: view.state,
            state_reason: view.state_reason,
            reattached: false,
            balances: if balances {
                self.native_balances(wallet).await
            } else {
                Vec::new()
            },
            budgets: budget.lines,
            pending_transactions: count(pending.len()),
            approvals_pending: count(waiting.len()),
            last_transaction,
            policy_hash: budget.policy_version,
        })
    }

    async fn native_balances(&self, wallet: &Wallet) -> Vec<BalanceLine> {
        let asked = wallet.chains.iter().map(|chain| async {
            let token = Token::Native;
            let amount = self.chain.balance(*chain, wallet.address, token).await;
            let amount = amount.ok();
            BalanceLine {
                chain: chain.to_string(),
                asset: token.to_string(),
                amount: amount.map(|amount| amount.format(18)),
                amount_raw: amount.map(|amount| amount.to_string()),
            }
        });
        futures::future::join_all(asked).await
    }

    pub(super) async fn wallet_let_go(
        &self,
        caller: &Caller,
        name: &Label,
        by: &Managed,
        empty: bool,
    ) -> Result<Release, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let found = tx.wallet_find(name).await.fault()?;
        let Some(wallet) = found.filter(|wallet| is_held(wallet.managed.as_ref(), by)) else {
            return Ok(Release::Done);
        };
        let used_by = StrategyFilter {
            wallet: Some(wallet.id),
            with_detached: false,
        };
        let users = tx
            .strategy_list(&used_by, Page::first(Page::MAX))
            .await
            .fault()?;
        if !users.is_empty() {
            let names: Vec<String> = users.iter().map(|user| user.name.to_string()).collect();
            return Ok(Release::Blocked {
                reason: "StrategiesExist".to_owned(),
                message: format!("strategies pay from it: {}", names.join(", ")),
                by: names,
            });
        }
        if empty && let Some(blocked) = self.still_holds(&wallet).await {
            return Ok(blocked);
        }
        let pending = under_way(tx.as_mut(), &wallet).await?;
        if !wallet.state.is_detached() {
            let state = WalletState::Detached {
                at: self.now(),
                was: Box::new(wallet.state.clone()),
            };
            tx.wallet_update(wallet.id, &state).await.fault()?;
            let mut draft = self.draft(caller, Action::WalletDetached, Outcome::Succeeded);
            draft.wallet = Some(wallet.id);
            tx.audit_append(vec![draft.fact("resource", by)])
                .await
                .fault()?;
            tx.commit().await.fault()?;
            self.feed.changed(caller.tenant);
        }
        if pending.is_empty() {
            return Ok(Release::Done);
        }
        Ok(Release::Blocked {
            reason: "TransactionPending".to_owned(),
            message: format!(
                "{} payments are under way; what is not signed yet is refused, what is signed is \
                 followed to its end",
                pending.len()
            ),
            by: pending,
        })
    }

    /// A chain that does not answer counts as holding something.
    async fn still_holds(&self, wallet: &Wallet) -> Option<Release> {
        let lines = self.native_balances(wallet).await;
        let holding: Vec<String> = lines
            .iter()
            .filter(|line| line.amount_raw.as_deref() != Some("0"))
            .map(|line| match &line.amount {
                Some(amount) => format!("{amount} native coin on {}", line.chain),
                None => format!("an unknown amount on {}, which does not answer", line.chain),
            })
            .collect();
        (!holding.is_empty()).then(|| Release::Blocked {
            reason: "BalanceNotZero".to_owned(),
            message: format!("the wallet holds {}", holding.join(", ")),
            by: holding,
        })
    }
}

/// Ids of the payments that are neither over nor waiting for a person.
async fn under_way(tx: &mut dyn ReadTx, wallet: &Wallet) -> Result<Vec<String>, Fault> {
    let filter = in_flight(Some(wallet.id));
    let found = tx.intent_list(&filter, Page::first(Page::MAX)).await;
    let found = found.fault()?;
    Ok(found
        .iter()
        .map(|(intent, _)| intent.id.to_string())
        .collect())
}

/// The address is the hash of the public key; this is the same key by another name, short enough to
/// be read aloud.
fn fingerprint(wallet: &Wallet) -> String {
    let digest = Sha256::digest(wallet.address);
    let hex: Vec<String> = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{}", hex.join(""))
}
