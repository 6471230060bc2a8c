//! What a house looks like from outside: counts and chains.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Caller, Permission};
use vaultpilot_intent::StateName;
use vaultpilot_ports::Fault;
use vaultpilot_ports::store::{IntentFilter, Page};

use super::allowed;
use crate::App;
use crate::error::OrFault;
use crate::transaction::in_flight;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChainStatus {
    pub id: String,
    pub name: String,
    pub reachable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What is there, and what a newcomer has done already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    pub wallets: usize,
    pub policies: usize,
    pub approvals_waiting: usize,
    pub transactions_in_flight: usize,
    pub agent_called: bool,
    pub first_payment_final: bool,
}

impl App {
    /// Every configured chain and whether it answers.
    pub async fn chain_status(&self) -> Vec<ChainStatus> {
        let chains = self.chain.chains();
        let asked = chains.iter().map(|chain| async {
            let head = self.chain.head(chain.id).await;
            ChainStatus {
                id: chain.id.to_string(),
                name: chain.name.clone(),
                reachable: head.is_ok(),
                head: head.as_ref().ok().map(|head| head.number),
                error: head.err().map(|error| error.to_string()),
            }
        });
        futures::future::join_all(asked).await
    }

    /// # Errors
    /// `Forbidden` for who may not read.
    pub async fn counts(&self, caller: &Caller) -> Result<Counts, Fault> {
        allowed(caller, Permission::Read)?;
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let page = Page::first(Page::MAX);
        let in_flight = in_flight(None);
        let over = IntentFilter {
            wallet: None,
            states: vec![StateName::Final],
        };
        Ok(Counts {
            wallets: tx.wallet_list(page.clone()).await.fault()?.len(),
            policies: tx.policy_list().await.fault()?.len(),
            approvals_waiting: tx.approval_list(true, page.clone()).await.fault()?.len(),
            transactions_in_flight: tx.intent_list(&in_flight, page).await.fault()?.len(),
            agent_called: {
                let filter = vaultpilot_ports::store::EventFilter::default();
                let recent = tx
                    .audit_search(&filter, Page::first(Page::MAX))
                    .await
                    .fault()?;
                recent.iter().any(|entry| entry.draft.tool.is_some())
            },
            first_payment_final: !tx
                .intent_list(&over, Page::first(1))
                .await
                .fault()?
                .is_empty(),
        })
    }

    /// Whether the store answers.
    pub async fn is_ready(&self) -> bool {
        self.store.tenant_list().await.is_ok()
    }
}
