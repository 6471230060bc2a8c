//! `safe_transfer`: a payment, looked at before it is made.

use super::{Given, Template};

pub(super) const TEMPLATE: Template = Template {
    name: "safe_transfer",
    description: "Make a payment step by step: check, simulate, ask me, pay, follow.",
    arguments: &[
        ("wallet", "Label or id of the wallet that pays", true),
        ("to", "Recipient address", true),
        ("amount", "Amount in token units, such as 0.5", true),
        ("asset", "\"native\" or the token's address", false),
        ("chain", "CAIP-2 chain id", false),
    ],
    write,
};

fn write(given: &Given<'_>) -> String {
    let wallet = given.or("wallet", "");
    let to = given.or("to", "");
    let amount = given.or("amount", "");
    let asset = given.or("asset", "native");
    let chain = given.or("chain", "the chain I name when you ask me");
    format!(
        "Pay {amount} of asset {asset} from wallet {wallet} to {to} on {chain}. First call \
         check_policy and simulate_transfer with exactly these values and show me amount, \
         recipient, network, gas and the decision. Pay only after I say yes: call transfer with a \
         new request_id, and use the same request_id should you have to retry. Then follow it with \
         wait_for_transaction until it is executed. If it is denied, tell me the reasons and do \
         not try another way; if a person must approve, tell me how and follow get_approval."
    )
}
