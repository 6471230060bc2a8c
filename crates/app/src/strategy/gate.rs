//! Gates, judged by the house from its own reads of the chain.

use vaultpilot_core::Wallet;
use vaultpilot_ports::Fault;
use vaultpilot_strategy::{Compiled, Payment, Skip};

use crate::App;
use crate::error::OrFault;

impl App {
    /// The first gate that is closed, if one is.
    pub(super) async fn closed_gate(
        &self,
        compiled: &Compiled,
        payment: &Payment,
        wallet: &Wallet,
    ) -> Result<Option<Skip>, Fault> {
        if let Some(most) = compiled.max_base_fee {
            let quote = self.chain.fees(payment.chain).await.fault()?;
            if quote.base_fee > most {
                return Ok(Some(Skip::BaseFee));
            }
        }
        if let Some(least) = compiled.min_balance {
            let held = self
                .chain
                .balance(payment.chain, wallet.address, payment.token)
                .await
                .fault()?;
            if held < least {
                return Ok(Some(Skip::WalletBalance));
            }
        }
        Ok(None)
    }
}
