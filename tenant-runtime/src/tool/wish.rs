//! A payment somebody asks about, without the means to make it.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::TransferRequest;

use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    wallet: String,
    chain: String,
    to: String,
    asset: String,
    /// Decimal text, such as "0.5"
    amount: String,
}

impl Wish {
    pub(super) fn parse(self) -> Result<TransferRequest, Fault> {
        Ok(TransferRequest {
            wallet: argument::wallet(&self.wallet)?,
            chain: argument::chain(&self.chain)?,
            to: argument::address("to", &self.to)?,
            token: argument::token("asset", &self.asset)?,
            amount: self.amount,
            request_id: None,
            dry_run: false,
            memo: None,
            confirm_duplicate_of: None,
        })
    }
}
