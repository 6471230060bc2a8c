//! `wallet_status`: where a wallet stands.

use super::{Given, Template};

pub(super) const TEMPLATE: Template = Template {
    name: "wallet_status",
    description: "Summarise a wallet: balances, what is left of its limits, what is under way.",
    arguments: &[("wallet", "Label or id; all wallets when absent", false)],
    write,
};

fn write(given: &Given<'_>) -> String {
    let wallet = given.or("wallet", "every wallet of list_wallets");
    format!(
        "Tell me how {wallet} stands. Call get_balances, get_budget, list_transactions and \
         list_approvals. Say in a few lines: what it holds on each chain, what it may still spend \
         and when the limits reset, which payments are under way, and what waits for a person. \
         Change nothing."
    )
}
