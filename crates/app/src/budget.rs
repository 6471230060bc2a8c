//! What is left: every limit that binds a wallet, and the policies behind them.

use vaultpilot_core::{Caller, Tool, clock};
use vaultpilot_policy::{CounterScope, Limit, LimitLine, Used};
use vaultpilot_ports::control_plane::{
    BudgetLine, BudgetQuery, BudgetView, ListQuery, Listed, PolicyView, WalletRef, WalletView,
};
use vaultpilot_ports::{Fault, ReadTx};

use crate::error::OrFault;
use crate::transaction::{listed, page};
use crate::{App, view};

impl App {
    pub(crate) async fn wallets_read(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Listed<WalletView>, Fault> {
        let page = page(query)?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let wallets = tx.wallet_list(page.clone()).await.fault()?;
        let views = wallets.iter().map(view::wallet).collect();
        Ok(listed(views, &page, |view: &WalletView| view.label.clone()))
    }

    pub(crate) async fn budget_read(
        &self,
        caller: &Caller,
        query: &BudgetQuery,
    ) -> Result<BudgetView, Fault> {
        let wallet = self.wallet(caller.tenant, &query.wallet).await?;
        let set = self.policies(caller.tenant).await?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let now = self.now();
        let mut lines = Vec::new();
        for line in set.limits(&wallet.label, caller.name()) {
            let asked = query.chain.is_none_or(|chain| chain == line.asset.chain)
                && query.token.is_none_or(|token| token == line.asset.token);
            if !asked {
                continue;
            }
            let used = match line.limit {
                Limit::Rolling { key, .. } | Limit::Count { key, .. } => {
                    let since = clock::before(now, key.window);
                    let tx: &mut dyn ReadTx = tx.as_mut();
                    Some((
                        tx.usage(&key, wallet.id, caller.name(), since)
                            .await
                            .fault()?,
                        key,
                    ))
                }
                _ => None,
            };
            let resets_at = used.as_ref().and_then(|(used, key)| {
                used.oldest
                    .map(|oldest| clock::after(oldest, key.window).to_string())
            });
            lines.push(budget_line(&line, used.map(|(used, _)| used), resets_at));
        }
        Ok(BudgetView {
            wallet: wallet.label.to_string(),
            policy_version: set.version().to_string(),
            lines,
        })
    }

    pub(crate) async fn policy_read(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
    ) -> Result<PolicyView, Fault> {
        let wallet = self.wallet(caller.tenant, wallet).await?;
        let set = self.policies(caller.tenant).await?;
        let selecting = set.selecting(Some(&wallet.label), caller.name());
        let policies = selecting
            .iter()
            .map(|policy| serde_json::to_value(policy.document()));
        let policies = policies.collect::<Result<Vec<_>, _>>().map_err(|error| {
            tracing::error!(%error, "policy document does not serialise");
            Fault::Internal {
                reference: "policies.document".to_owned(),
            }
        })?;
        let visible = |tool: &&Tool| {
            caller.role.may_call(**tool)
                && caller.has(tool.scope())
                && set.is_visible(caller.name(), **tool)
        };
        Ok(PolicyView {
            wallet: wallet.label.to_string(),
            policy_version: set.version().to_string(),
            policies,
            tools: Tool::ALL
                .iter()
                .filter(visible)
                .map(ToString::to_string)
                .collect(),
        })
    }
}

fn budget_line(line: &LimitLine, used: Option<Used>, resets_at: Option<String>) -> BudgetLine {
    let text = |amount: vaultpilot_core::BaseUnits| amount.format(line.decimals);
    let spent = used.map(|used| used.spent).unwrap_or_default();
    let count = used.map(|used| used.count).unwrap_or_default();
    let (kind, limit, used, remaining, window) = match line.limit {
        Limit::PerTransaction(max) => ("per_transaction", text(max), None, None, None),
        Limit::ReserveFloor(floor) => ("reserve_floor", text(floor), None, None, None),
        Limit::ApprovalAbove(above) => ("approval_above", text(above), None, None, None),
        Limit::Rolling { key, max } => {
            let left = text(max.saturating_sub(spent));
            (
                "rolling",
                text(max),
                Some(text(spent)),
                Some(left),
                Some(key.window),
            )
        }
        Limit::Count { key, max } => {
            let left = max.saturating_sub(count).to_string();
            (
                "count",
                max.to_string(),
                Some(count.to_string()),
                Some(left),
                Some(key.window),
            )
        }
    };
    BudgetLine {
        policy: line.policy.to_string(),
        rule: line.rule.clone(),
        chain: line.asset.chain.to_string(),
        asset: line.asset.token.to_string(),
        kind: kind.to_owned(),
        scope: match line.scope {
            CounterScope::Tenant => "tenant",
            CounterScope::Wallet => "wallet",
            CounterScope::Agent => "agent",
        }
        .to_owned(),
        window_s: window.map(|window| window.as_secs()),
        limit,
        used,
        remaining,
        resets_at,
    }
}
