//! From signed to final: sent, sent again, looked up, until the chain has the last word.

use vaultpilot_core::Duration;
use vaultpilot_core::clock;
use vaultpilot_intent::{Event, IntentState, SignedTx};
use vaultpilot_ports::chain::Head;
use vaultpilot_ports::{ChainError, StoreError};

use super::lane::{Lane, Work};
use crate::failpoint::failpoint;

/// How long a transaction may be unknown to every node before its bytes are sent again, the first
/// time; it doubles up to `RESEND` × 64.
const RESEND: Duration = Duration::from_secs(3);
const DOUBLINGS: u32 = 6;

impl Lane {
    /// Sends the stored bytes, the same ones every time.
    pub(super) async fn broadcast(&mut self, work: &mut Work) -> Result<(), StoreError> {
        let Some(tx) = work.intent.state.tx().cloned() else {
            return Ok(());
        };
        failpoint!("mid_broadcast");
        let answer = self.parts.broadcaster.broadcast(self.key.0, &tx.raw).await;
        failpoint!("after_broadcast");
        let at = self.parts.clock.now();
        self.advance(work, Event::Answered { at, answer }).await
    }

    /// Asks the chain how far it is.
    pub(super) async fn track(&mut self, work: &mut Work) -> Result<(), StoreError> {
        let Some(tx) = work.intent.state.tx().cloned() else {
            return Ok(());
        };
        match self.look(work, &tx).await {
            Ok(Seen::Included { receipt, head }) => {
                failpoint!("after_receipt");
                self.included(work, receipt, &head).await
            }
            Ok(Seen::Pending) => Ok(()),
            Ok(Seen::Missing) => {
                let at = self.parts.clock.now();
                let resent = self.resent.entry(work.intent.id).or_default();
                *resent = resent.saturating_add(1);
                self.advance(work, Event::Missing { at }).await?;
                self.broadcast(work).await
            }
            Ok(Seen::NonceTaken) => {
                let at = self.parts.clock.now();
                self.advance(work, Event::NonceTaken { at }).await
            }
            Err(error) => {
                self.trouble(&error.to_string());
                Ok(())
            }
        }
    }

    async fn included(
        &mut self,
        work: &mut Work,
        receipt: vaultpilot_intent::Receipt,
        head: &Head,
    ) -> Result<(), StoreError> {
        let required = self.confirmations();
        let known = matches!(
            &work.intent.state,
            IntentState::Confirmed { receipt: before, .. } if *before == receipt
        );
        // More blocks on the same receipt are not worth a write until they are enough.
        if known && receipt.confirmations(head.number) < required {
            return Ok(());
        }
        let event = Event::Included {
            receipt,
            head: head.number,
            required,
        };
        self.advance(work, event).await?;
        if work.intent.state.name().is_terminal() {
            failpoint!("after_final");
        }
        Ok(())
    }

    async fn look(&mut self, work: &Work, tx: &SignedTx) -> Result<Seen, ChainError> {
        let (chain, address) = self.key;
        let reader = &self.parts.chain;
        let (head, receipt) = tokio::join!(reader.head(chain), reader.receipt(chain, tx.hash));
        let (head, receipt) = (head?, receipt?);
        if let Some(receipt) = receipt {
            self.passed.remove(&work.intent.id);
            return Ok(Seen::Included { receipt, head });
        }
        if matches!(work.intent.state, IntentState::Confirmed { .. }) {
            return Ok(Seen::Missing);
        }
        let sent = match work.intent.state {
            IntentState::Broadcast { at, .. } | IntentState::Ambiguous { since: at, .. } => at,
            _ => tx.signed_at,
        };
        let resent = self
            .resent
            .get(&work.intent.id)
            .copied()
            .unwrap_or_default();
        let wait = RESEND.saturating_mul(1 << resent.min(DOUBLINGS));
        if clock::after(sent, wait) > self.parts.clock.now() || reader.knows(chain, tx.hash).await?
        {
            return Ok(Seen::Pending);
        }
        let nonces = reader.nonces(chain, address).await?;
        if nonces.latest <= tx.nonce {
            return Ok(Seen::Missing);
        }
        // Our nonce is used and our hash is nowhere. Believed only after as many blocks as make
        // a transaction final here, so that a reorganisation or a lagging node is not mistaken.
        let first = *self.passed.entry(work.intent.id).or_insert(head.number);
        let deep = head.number >= first.saturating_add(self.confirmations().max(3));
        Ok(if deep {
            Seen::NonceTaken
        } else {
            Seen::Pending
        })
    }

    fn confirmations(&self) -> u64 {
        let chains = self.parts.chain.chains();
        let chain = chains.iter().find(|chain| chain.id == self.key.0);
        chain.map_or(1, |chain| chain.confirmations.max(1))
    }
}

enum Seen {
    Included {
        receipt: vaultpilot_intent::Receipt,
        head: Head,
    },
    Pending,
    Missing,
    NonceTaken,
}
