//! Reads of payments on record.

use vaultpilot_core::{Caller, ChainId, Duration, IntentId, Tool, WalletId};
use vaultpilot_intent::{Intent, StateName};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{
    ListQuery, Listed, TransactionQuery, TransactionRef, TransactionView,
};
use vaultpilot_ports::store::{IntentFilter, Page};

use crate::admit::Subject;
use crate::error::OrFault;
use crate::feed::hint;
use crate::{App, view};

/// The longest a tool call waits.
pub(crate) const MAX_WAIT_S: u64 = 20;

/// The page a caller asks for, within bounds.
pub(crate) fn page(query: &ListQuery) -> Result<Page, Fault> {
    let limit = query.limit.unwrap_or(50);
    if limit == 0 || limit > Page::MAX {
        let message = format!("limit is not 1 to {}", Page::MAX);
        return Err(Fault::invalid("limit_out_of_range", "limit", message));
    }
    if query
        .cursor
        .as_ref()
        .is_some_and(|cursor| cursor.len() > 64)
    {
        return Err(Fault::invalid(
            "cursor_malformed",
            "cursor",
            "no cursor of ours",
        ));
    }
    Ok(Page {
        after: query.cursor.clone(),
        limit,
    })
}

/// A page of views and the cursor of the next one. Asks the store for no row too many: a full page
/// has a cursor, even when nothing follows.
pub(crate) fn listed<T>(items: Vec<T>, page: &Page, cursor: impl Fn(&T) -> String) -> Listed<T> {
    let full = u32::try_from(items.len()).is_ok_and(|count| count == page.limit);
    let next_cursor = if full { items.last().map(cursor) } else { None };
    Listed { items, next_cursor }
}

/// Payments the executor has work on, of one wallet or of all.
pub(crate) fn in_flight(wallet: Option<WalletId>) -> IntentFilter {
    IntentFilter {
        wallet,
        states: StateName::ALL
            .into_iter()
            .filter(|state| state.is_in_flight())
            .collect(),
    }
}

impl App {
    pub(crate) async fn transaction_view(&self, intent: &Intent) -> Result<TransactionView, Fault> {
        let wallet = vaultpilot_ports::control_plane::WalletRef::Id(intent.wallet);
        let wallet = self.wallet(intent.tenant, &wallet).await?;
        let chains = self.chain.chains();
        let chain = chains.iter().find(|chain| chain.id == intent.call.chain);
        Ok(view::transaction(intent, &wallet, chain))
    }

    pub(crate) async fn intent(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
    ) -> Result<Intent, Fault> {
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let found = match transaction {
            TransactionRef::Id(id) => tx.intent_fetch(*id).await,
            TransactionRef::Hash(hash) => tx.intent_find_by_hash(*hash).await,
        };
        let found = found.fault()?.map(|(intent, _)| intent);
        found.ok_or_else(|| Fault::not_found("transaction", transaction))
    }

    pub(crate) async fn transaction_fetch(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
    ) -> Result<TransactionView, Fault> {
        self.enter(caller, Tool::GetTransaction, Subject::None)
            .await?;
        let intent = self.intent(caller, transaction).await?;
        self.transaction_view(&intent).await
    }

    pub(crate) async fn transactions(
        &self,
        caller: &Caller,
        query: &TransactionQuery,
    ) -> Result<Listed<TransactionView>, Fault> {
        let subject = Subject::of(query.wallet.as_ref());
        self.enter(caller, Tool::ListTransactions, subject).await?;
        self.transactions_read(caller, query).await
    }

    pub(crate) async fn transactions_read(
        &self,
        caller: &Caller,
        query: &TransactionQuery,
    ) -> Result<Listed<TransactionView>, Fault> {
        let wallet = match &query.wallet {
            Some(wallet) => Some(self.wallet(caller.tenant, wallet).await?),
            None => None,
        };
        let page = page(&query.page)?;
        let states = match &query.state {
            None => Vec::new(),
            Some(name) => vec![name.parse::<StateName>().map_err(|_| {
                let names: Vec<_> = StateName::ALL.iter().map(|state| state.as_str()).collect();
                let message = format!("state is not one of {}", names.join(", "));
                Fault::invalid("state_unknown", "state", message)
            })?],
        };
        let filter = IntentFilter {
            wallet: wallet.map(|wallet| wallet.id),
            states,
        };
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        let intents = tx.intent_list(&filter, page.clone()).await.fault()?;
        drop(tx);
        let mut items = Vec::with_capacity(intents.len());
        for (intent, _) in &intents {
            items.push(self.transaction_view(intent).await?);
        }
        Ok(listed(items, &page, |view| view.id.clone()))
    }

    pub(crate) async fn transaction_await(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
        confirmations: Option<u64>,
        timeout_s: u64,
    ) -> Result<TransactionView, Fault> {
        self.enter(caller, Tool::WaitForTransaction, Subject::None)
            .await?;
        if timeout_s > MAX_WAIT_S {
            let message = format!("timeout_s is above {MAX_WAIT_S}; call again to wait longer");
            return Err(Fault::invalid("timeout_too_long", "timeout_s", message));
        }
        let mut moved = self.feed.subscribe();
        let id = self.intent(caller, transaction).await?.id;
        let wait = async {
            loop {
                if let Some(view) = self.awaited(caller, id, confirmations).await? {
                    return Ok(view);
                }
                // Confirmations grow without a state change: look once a second as well.
                let _ = tokio::time::timeout(Duration::from_secs(1), hint(&mut moved, id)).await;
            }
        };
        if let Ok(answer) = tokio::time::timeout(Duration::from_secs(timeout_s), wait).await {
            return answer;
        }
        let intent = self.intent(caller, &TransactionRef::Id(id)).await?;
        self.transaction_view(&intent).await
    }

    /// The view, once the intent is over or has as many confirmations as asked for.
    async fn awaited(
        &self,
        caller: &Caller,
        id: IntentId,
        confirmations: Option<u64>,
    ) -> Result<Option<TransactionView>, Fault> {
        let intent = self.intent(caller, &TransactionRef::Id(id)).await?;
        let over = intent.state.name().is_terminal();
        let enough = match (confirmations, intent.state.receipt()) {
            (Some(wanted), Some(receipt)) => {
                let head = self.head_number(intent.call.chain).await;
                head.is_some_and(|head| receipt.confirmations(head) >= wanted)
            }
            _ => false,
        };
        if over || enough {
            self.transaction_view(&intent).await.map(Some)
        } else {
            Ok(None)
        }
    }

    async fn head_number(&self, chain: ChainId) -> Option<u64> {
        self.chain.head(chain).await.ok().map(|head| head.number)
    }
}
