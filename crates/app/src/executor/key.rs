//! What a lane does about keys that cannot be used: it waits, says so, and says when it goes on. The
//! payment keeps its place and its reservation.

use vaultpilot_ports::{KeyError, Notice};

use super::lane::{Lane, Work};

impl Lane {
    pub(super) async fn key_failed(&mut self, work: &Work, error: &KeyError) {
        self.trouble(&format!("{}: {error}", error.code()));
        if !self.patience.failed(error, self.parts.clock.now()) {
            return;
        }
        let (chain, address) = self.key;
        let then = if error.is_passing() {
            "payments wait and go on by themselves once it passes"
        } else {
            "it does not pass by itself: payments wait until a person has looked"
        };
        tracing::error!(
            tenant.id = %work.tenant,
            wallet.id = %work.intent.wallet,
            code = error.code(),
            passing = error.is_passing(),
            "key of a wallet cannot be used"
        );
        self.alert(format!(
            "wallet {address} signs nothing on {chain}: {error} ({}); {then}",
            error.code()
        ))
        .await;
    }

    pub(super) async fn key_works(&mut self) {
        if self.patience.passed() {
            let (chain, address) = self.key;
            self.alert(format!("wallet {address} signs again on {chain}"))
                .await;
        }
    }

    async fn alert(&self, message: String) {
        let at = self.parts.clock.now();
        self.parts
            .notifier
            .notify(Notice::Alert { at, message })
            .await;
    }
}
