//! What the control API reports of a wallet, as its status says it.

use vaultpilot_core::{Duration, Timestamp, clock};
use vaultpilot_crds::value::{Address, Amount, Asset, ChainId, Id, Sentence, TransactionHash};
use vaultpilot_crds::wallet::{Balance, Budget, LastTransaction, WalletStatus};
use vaultpilot_ports::control_plane::{BudgetLine, TransactionView};
use vaultpilot_ports::resource_plane::WalletReport;

use crate::moment;
use crate::truth::sentence;

/// `refresh`: how long a balance that did not change keeps the time it was read at.
pub(super) fn write(
    report: &WalletReport,
    before: &WalletStatus,
    refresh: Duration,
    now: Timestamp,
    after: &mut WalletStatus,
) {
    after.wallet_id = Some(Id(report.id.clone()));
    after.address = Some(Address(report.address.clone()));
    after.key_version = Some(i64::from(report.key_version));
    after.key_fingerprint = Some(Id(report.key_fingerprint.clone()));
    after.provider = Some(Id(report.provider.clone()));
    after.pending_transactions = Some(i64::from(report.pending_transactions));
    after.approvals_pending = Some(i64::from(report.approvals_pending));
    after.policy_hash = Some(Id(report.policy_hash.clone()));
    after.budgets = report.budgets.iter().take(256).filter_map(budget).collect();
    after.last_transaction = report.last_transaction.as_ref().and_then(transaction);
    let read = report.balances.iter().filter_map(|line| {
        let amount = line.amount.as_ref()?;
        let known = before.balances.iter().find(|known| {
            known.chain.as_str() == line.chain
                && known.asset.as_str() == line.asset
                && known.amount.as_str() == amount
                && clock::after(moment::instant(&known.read_time.0), refresh) > now
        });
        Some(known.cloned().unwrap_or_else(|| Balance {
            chain: ChainId(line.chain.clone()),
            asset: Asset(line.asset.clone()),
            amount: Amount(amount.clone()),
            read_time: moment::moment(now),
        }))
    });
    let read: Vec<Balance> = read.take(256).collect();
    // A chain that does not answer leaves what was known of it.
    let silent = before.balances.iter().filter(|known| {
        let is_known = |line: &Balance| (&line.chain, &line.asset) == (&known.chain, &known.asset);
        !read.iter().any(is_known)
    });
    let silent: Vec<Balance> = silent.cloned().collect();
    after.balances = [read, silent].concat();
    after.funded = (!after.balances.is_empty()).then(|| {
        let has_any = |amount: &str| amount.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
        let native = after
            .balances
            .iter()
            .filter(|line| line.asset.as_str() == "native");
        native.into_iter().any(|line| has_any(line.amount.as_str()))
    });
}

/// Only what has both a limit and a use is a budget.
fn budget(line: &BudgetLine) -> Option<Budget> {
    let used = line.used.as_ref()?;
    Some(Budget {
        limit: Sentence(sentence(&format!("{} {}", line.policy, line.rule))),
        chain: ChainId(line.chain.clone()),
        asset: Asset(line.asset.clone()),
        max: Amount(line.limit.clone()),
        used: Amount(used.clone()),
        resets_time: line.resets_at.as_deref().and_then(moment::read),
    })
}

fn transaction(view: &TransactionView) -> Option<LastTransaction> {
    Some(LastTransaction {
        id: Id(view.id.clone()),
        chain: ChainId(view.chain.clone()),
        hash: view.tx.as_ref().map(|tx| TransactionHash(tx.hash.clone())),
        state: Id(view.state.clone()),
        time: moment::read(&view.created_at)?,
    })
}
