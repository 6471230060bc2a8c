//! `explain_denial`: what a "no" means.

use super::{Given, Template};

pub(super) const TEMPLATE: Template = Template {
    name: "explain_denial",
    description: "Explain why a payment was denied and what would be allowed.",
    arguments: &[(
        "transaction",
        "Id or hash; the newest denial when absent",
        false,
    )],
    write,
};

fn write(given: &Given<'_>) -> String {
    let which = given.get("transaction").map_or_else(
        || "the newest denial of list_events with denied_only".to_owned(),
        |transaction| format!("transaction {transaction}"),
    );
    format!(
        "Explain why this was denied: {which}. Read the decision's reasons, then get_policy and \
         get_budget of the wallet. Say which rule said no, its limit, what was asked and what is \
         left, what amount or time would pass, and what only the owner can change. Do not try the \
         payment again."
    )
}
