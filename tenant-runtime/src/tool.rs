//! The tools, one file each: parameters, description, hints, handler. This is the only list of them
//! here; a tool of the registry that has no file does not compile.

mod cancel_request;
mod check_policy;
mod create_wallet;
mod freeze_wallet;
mod get_approval;
mod get_balances;
mod get_budget;
mod get_capabilities;
mod get_gas;
mod get_policy;
mod get_transaction;
mod get_wallet;
mod inspect_token;
mod list_approvals;
mod list_events;
mod list_transactions;
mod list_wallets;
mod provider_status;
mod request_faucet_funds;
mod schema;
mod simulate_transfer;
mod spec;
mod transfer;
mod untrusted;
mod wait_for_transaction;
mod wish;

use std::sync::LazyLock;

use rmcp::model::{JsonObject, Tool as Listed};
use serde_json::{Value, json};
use vaultpilot_core::Tool;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{ToolCall, WalletRef, WalletView};

use crate::answer::Answer;
use crate::argument;

pub(crate) use get_capabilities::capabilities;
pub(crate) use spec::Call;
use spec::{Hints, Spec};

macro_rules! with_spec_of {
    ($tool:expr, $spec:ident => $body:expr) => {
        with_spec_of!(@match $tool, $spec => $body;
            GetCapabilities in get_capabilities,
            ListWallets in list_wallets,
            GetWallet in get_wallet,
            GetBalances in get_balances,
            GetBudget in get_budget,
            GetPolicy in get_policy,
            CheckPolicy in check_policy,
            GetGas in get_gas,
            ProviderStatus in provider_status,
            InspectToken in inspect_token,
            GetTransaction in get_transaction,
            ListTransactions in list_transactions,
            WaitForTransaction in wait_for_transaction,
            SimulateTransfer in simulate_transfer,
            ListApprovals in list_approvals,
            GetApproval in get_approval,
            ListEvents in list_events,
            CreateWallet in create_wallet,
            FreezeWallet in freeze_wallet,
            CancelRequest in cancel_request,
            RequestFaucetFunds in request_faucet_funds,
            Transfer in transfer,
        )
    };
    (@match $tool:expr, $spec:ident => $body:expr; $($name:ident in $module:ident,)*) => {
        match $tool { $(Tool::$name => { type $spec = $module::$name; $body })* }
    };
}

/// Carries a call out.
pub(crate) async fn run(
    call: &Call<'_>,
    tool: Tool,
    arguments: JsonObject,
) -> Result<Answer, Fault> {
    with_spec_of!(tool, S => S::run(call, argument::read(arguments)?).await)
}

/// The tools of this set, as `tools/list` shows them: always in the order of the registry.
pub(crate) fn listed(visible: &[Tool]) -> Vec<Listed> {
    let shown = |(tool, _): &(&Tool, &Listed)| visible.contains(tool);
    let all = Tool::ALL.iter().zip(CATALOGUE.iter());
    all.filter(shown)
        .map(|(_, listed)| listed.clone())
        .collect()
}

/// Every tool as `tools/list` shows it to a caller who may use all of them.
pub fn tool_list() -> Value {
    json!({ "tools": *CATALOGUE })
}

/// Made once; schemas are shared behind an `Arc`.
static CATALOGUE: LazyLock<Vec<Listed>> =
    LazyLock::new(|| Tool::ALL.iter().map(|&tool| describe(tool)).collect());

fn describe(tool: Tool) -> Listed {
    with_spec_of!(tool, S => {
        let input = schema::compact::<<S as Spec>::Arguments>();
        let mut listed = Listed::new(tool.name(), S::DESCRIPTION, input)
            .with_annotations(S::HINTS.annotations());
        if S::HINTS.pays {
            listed = listed.with_raw_output_schema(schema::payment());
        }
        listed
    })
}

/// Admission of a tool that the runtime carries out itself.
async fn admit(
    call: &Call<'_>,
    tool: Tool,
    wallet: Option<WalletRef>,
    chain: Option<vaultpilot_core::ChainId>,
) -> Result<Option<WalletView>, Fault> {
    let asked = ToolCall {
        tool,
        wallet,
        chain,
    };
    call.control().admit(call.caller(), &asked).await
}
