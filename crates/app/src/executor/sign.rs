//! From authorized to signed: verified, simulated, signed, stored. Nothing is sent here.

use vaultpilot_core::tenant::TenantState;
use vaultpilot_core::{ChainId, WalletState};
use vaultpilot_intent::{Event, Refusal, SignedTx, UnsignedTx};
use vaultpilot_ports::keys::{KeyContext, TenantKek, WrappedKey};
use vaultpilot_ports::{ChainError, KeyError, ReadTx, StoreError};

use super::lane::{Lane, Work};
use super::verify::{is_authorized, matches_effects};
use crate::failpoint::failpoint;
use crate::plan::is_above;

/// Why nothing is signed.
enum Stop {
    /// Never: the intent ends here.
    Refuse(Refusal),
    /// Not now: it is tried again.
    Later(String),
    /// Not now, because of the key: it is tried again, less and less often.
    Key(KeyError),
    /// The wallet's nonces were used by somebody else.
    Halt(String),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ChainError> for Stop {
    fn from(error: ChainError) -> Self {
        match error {
            ChainError::Reverted { detail } => Self::Refuse(Refusal::SimulationFailed { detail }),
            other => Self::Later(other.to_string()),
        }
    }
}

impl From<KeyError> for Stop {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl Lane {
    /// Signs and stores, or refuses, or leaves it for later.
    pub(super) async fn sign(&mut self, work: &mut Work) -> Result<(), StoreError> {
        if self.patience.is_waiting(self.parts.clock.now()) {
            return Ok(());
        }
        let signed = match self.make(work).await {
            Ok(tx) => self.store_signed(work, tx).await,
            Err(stop) => Err(stop),
        };
        match signed {
            Ok(()) => Ok(()),
            Err(Stop::Refuse(refusal)) => {
                let at = self.parts.clock.now();
                self.advance(work, Event::Refused { at, refusal }).await
            }
            Err(Stop::Later(why)) => {
                self.trouble(&why);
                Ok(())
            }
            Err(Stop::Key(error)) => {
                self.key_failed(work, &error).await;
                Ok(())
            }
            Err(Stop::Halt(why)) => self.halt(work, &why).await,
            Err(Stop::Store(error)) => Err(error),
        }
    }

    async fn make(&mut self, work: &Work) -> Result<SignedTx, Stop> {
        let intent = &work.intent;
        if !is_authorized(intent, &work.decision) {
            tracing::error!(intent.id = %intent.id, "no allow on record for this action");
            return Err(Stop::Refuse(Refusal::PolicyChanged));
        }
        let mut tx = self.parts.store.read(work.tenant).await?;
        let state = signing_state(tx.as_mut(), work).await?;
        let resumed = is_resumed(&state, self.key.0);
        let key = tx.wallet_key_fetch(intent.wallet).await?;
        let key = key.ok_or_else(|| Stop::Later("wallet has no key".to_owned()))?;
        // Read with the key, so that the two fit while they are being rotated.
        let kek = kek_of(tx.as_mut(), &key).await?;
        let (chain, address) = self.key;
        let owned = tx.nonce_next(chain, address).await?;
        drop(tx);
        let reader = &self.parts.chain;
        let (quote, nonces, simulation) = tokio::join!(
            reader.fees(chain),
            reader.nonces(chain, address),
            reader.simulate(address, &intent.call, intent.fees.gas_limit),
        );
        if is_above(&quote?, &intent.fees) {
            return Err(Stop::Refuse(Refusal::GasAboveReservation));
        }
        let nonces = nonces?;
        // Keys are made here, so a wallet that never sent is at nonce 0: anything else is a foreign
        // signer, or a database older than the chain.
        let mut nonce = owned.unwrap_or_default();
        if resumed {
            // What waits in the pool has its nonce too.
            nonce = nonce.max(nonces.pending);
        } else if nonces.latest > nonce || (owned.is_none() && nonces.pending > 0) {
            return Err(Stop::Halt(format!(
                "the chain is at nonce {}, our next one is {nonce}: another signer has this key",
                nonces.latest
            )));
        }
        matches_effects(intent, &simulation?).map_err(Stop::Refuse)?;
        let unsigned = UnsignedTx {
            from: intent.from,
            call: intent.call.clone(),
            nonce,
            fees: intent.fees,
        };
        failpoint!("before_sign");
        let context = KeyContext {
            tenant: work.tenant,
            wallet: intent.wallet,
            version: key.version,
        };
        let hash = self.parts.codec.signing_hash(&unsigned);
        let signature = self
            .parts
            .signer
            .sign(context, &key, kek.as_ref(), intent.from, hash)
            .await?;
        failpoint!("after_sign");
        self.key_works().await;
        let (raw, hash) = self
            .parts
            .codec
            .seal(&unsigned, &signature)
            .ok_or_else(|| Stop::Later("signature does not recover to the wallet".to_owned()))?;
        let signed_at = self.parts.clock.now();
        Ok(SignedTx {
            nonce,
            fees: intent.fees,
            hash,
            raw,
            signed_at,
        })
    }

    /// Nonce, bytes and state in one transaction, with the freeze looked at once more in it.
    async fn store_signed(&mut self, work: &mut Work, tx: SignedTx) -> Result<(), Stop> {
        let lease = self.lease.clone().ok_or(StoreError::LeaseLost)?;
        let mut unit = self.parts.store.begin(work.tenant).await?;
        let state = signing_state(unit.as_mut(), work).await?;
        if let Some(next) = begun(state, self.key.0) {
            // What a person acknowledged was this gap, not the next one.
            unit.wallet_update(work.intent.wallet, &next).await?;
        }
        unit.nonce_take(&lease, tx.nonce, work.intent.id).await?;
        self.advance_in(unit, work, Event::Signed { tx }).await?;
        failpoint!("after_raw_persist");
        Ok(())
    }
}

/// The key-encryption key that this key names.
async fn kek_of(tx: &mut dyn ReadTx, key: &WrappedKey) -> Result<Option<TenantKek>, Stop> {
    let Some(version) = key.kek else {
        return Ok(None);
    };
    match tx.kek_fetch(version).await? {
        Some(kek) => Ok(Some(kek)),
        None => Err(KeyError::KekMissing { version }.into()),
    }
}

/// The wallet's state, if it and its tenant may sign. One that came out of a backup waits: a person
/// who reconciles it decides what becomes of its payments.
async fn signing_state(tx: &mut dyn ReadTx, work: &Work) -> Result<WalletState, Stop> {
    let tenant = tx.tenant_fetch().await?;
    let wallet = tx.wallet_fetch(work.intent.wallet).await?;
    if !matches!(tenant.map(|tenant| tenant.state), Some(TenantState::Active)) {
        return Err(Stop::Refuse(Refusal::Frozen));
    }
    match wallet.map(|wallet| wallet.state) {
        Some(state) if state.may_sign() => Ok(state),
        Some(WalletState::Restored { .. }) => Err(Stop::Later(
            "the wallet came out of a backup and is not reconciled".to_owned(),
        )),
        _ => Err(Stop::Refuse(Refusal::Frozen)),
    }
}

/// Whether a person acknowledged that somebody else used nonces on this chain.
fn is_resumed(state: &WalletState, here: ChainId) -> bool {
    matches!(state, WalletState::Resumed { chains, .. } if chains.contains(&here))
}

/// The state after the first signature on this chain, where that changes it.
fn begun(state: WalletState, here: ChainId) -> Option<WalletState> {
    let WalletState::Resumed { at, mut chains } = state else {
        return None;
    };
    let before = chains.len();
    chains.retain(|chain| *chain != here);
    if chains.is_empty() {
        return Some(WalletState::Active);
    }
    (chains.len() < before).then_some(WalletState::Resumed { at, chains })
}
