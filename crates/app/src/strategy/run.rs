//! Carries a leased run out: gates, then the same path as every payment. Nothing of what is paid
//! comes from whoever triggers it.

use vaultpilot_core::{RequestId, RunId, TenantId, Wallet};
use vaultpilot_ports::control_plane::{PaymentStatus, PaymentView, TransferRequest, WalletRef};
use vaultpilot_ports::strategy_plane::RunView;
use vaultpilot_ports::{Fault, Tx};
use vaultpilot_strategy::{End, Failure, Run, RunState, Skip, Strategy};

use super::begin::{Begun, Origin, held};
use super::lease::{hopeless, named};
use super::{caller_of, compiled, strategy_of};
use crate::App;
use crate::error::OrFault;
use crate::payment::Recorded;

impl App {
    pub(super) async fn run_carry_out(
        &self,
        tenant: TenantId,
        holder: &str,
        id: RunId,
        epoch: i64,
    ) -> Result<RunView, Fault> {
        named(holder)?;
        let mut tx = self.store.read(tenant).await.fault()?;
        let run = tx.run_fetch(id).await.fault()?;
        let run = run.ok_or_else(|| Fault::not_found("run", id))?;
        let strategy = strategy_of(tx.as_mut(), &run).await?;
        let wallet = tx.wallet_fetch(strategy.wallet).await.fault()?;
        drop(tx);
        if !matches!(run.state, RunState::Leased { .. }) {
            return self.run_view(tenant, id).await;
        }
        held(&run, holder, epoch)?;
        if let Some(end) = hopeless(&strategy, &run, self.now()) {
            return self.run_give_up(run, end).await;
        }
        let wallet = wallet.ok_or_else(|| Fault::not_found("wallet", strategy.wallet))?;
        let origin = Origin {
            strategy: &strategy,
            run: id,
            holder,
            epoch,
        };
        match self.run_attempt(&origin, &run, &wallet).await {
            Ok(()) => {}
            Err(fault) => match unable(&fault) {
                Some(end) => return self.run_give_up(run, end).await,
                None => return Err(fault),
            },
        }
        self.run_view(tenant, id).await
    }

    async fn run_attempt(
        &self,
        origin: &Origin<'_>,
        run: &Run,
        wallet: &Wallet,
    ) -> Result<(), Fault> {
        let strategy = origin.strategy;
        let (tenant, payment) = (strategy.tenant, strategy.spec.payment());
        let compiled = compiled(strategy).fault()?;
        if let Some(why) = self.closed_gate(&compiled, payment, wallet).await? {
            return self.run_put_off(run, why).await;
        }
        let caller = caller_of(strategy);
        let request = request(strategy, run)?;
        if strategy.spec.dry_run {
            let answer = self.payment_simulate(&caller, &request).await?;
            return self.run_simulated(origin, answer).await;
        }
        match self.payment_place(&caller, &request, Some(origin)).await? {
            // Denied on the spot, it is over already.
            Recorded::Now(_) => {
                let mut tx = self.store.begin(tenant).await.fault()?;
                self.runs_settle(tx.as_mut(), Some(strategy.id)).await?;
                tx.commit().await.fault()
            }
            Recorded::Over => Ok(()),
            // Run and payment are recorded together, so a payment under this name that is not the
            // run's is somebody else's.
            Recorded::Earlier(_) | Recorded::Held(_) => {
                let message = "the run's name was used for another payment";
                Err(Fault::conflict("request_conflict", message))
            }
        }
    }

    /// A dry run is begun and over in one transaction.
    async fn run_simulated(&self, origin: &Origin<'_>, answer: PaymentView) -> Result<(), Fault> {
        let mut tx = self.store.begin(origin.strategy.tenant).await.fault()?;
        if let Begun::Going(going) = self.run_begin(tx.as_mut(), origin).await? {
            let compiled = compiled(&going.strategy).fault()?;
            let end = match answer.status {
                PaymentStatus::Simulated => End::Simulated {
                    amount: compiled.amount,
                },
                PaymentStatus::Denied => {
                    let decision = Box::new(answer.decision);
                    failed(Failure::Denied, &Fault::Denied { decision }, answer.message)
                }
                _ => End::Failed {
                    how: Failure::Unable,
                    intent: None,
                    code: "simulation_failed".to_owned(),
                    message: answer.message,
                },
            };
            self.run_close(tx.as_mut(), going.run.clone(), None, end)
                .await?;
        }
        tx.commit().await.fault()
    }

    /// Ends a run that asked for nothing; one that somebody else began meanwhile goes on.
    async fn run_give_up(&self, seen: Run, end: End) -> Result<RunView, Fault> {
        let mut tx = self.store.begin(seen.tenant).await.fault()?;
        if let Some(run) = as_seen(tx.as_mut(), &seen).await? {
            self.run_close(tx.as_mut(), run, None, end).await?;
            tx.commit().await.fault()?;
        } else {
            drop(tx);
        }
        self.run_view(seen.tenant, seen.id).await
    }

    /// A run that waits goes on waiting, and says for what.
    async fn run_put_off(&self, seen: &Run, why: Skip) -> Result<(), Fault> {
        let mut tx = self.store.begin(seen.tenant).await.fault()?;
        if let Some(mut run) = as_seen(tx.as_mut(), seen).await?
            && let RunState::Leased { waits, .. } = &mut run.state
        {
            *waits = Some(why);
            tx.run_update(run.epoch, &run).await.fault()?;
            tx.commit().await.fault()?;
        }
        Ok(())
    }
}

/// The run as it is stored, if it still asked for nothing and nobody took it over.
async fn as_seen(tx: &mut dyn Tx, seen: &Run) -> Result<Option<Run>, Fault> {
    let stored = tx.run_fetch(seen.id).await.fault()?;
    let same = |run: &Run| run.epoch == seen.epoch && run.state.lease().is_some();
    Ok(stored.filter(same))
}

/// What the run pays, from what is stored alone. The run's id names the payment, so that asking
/// again is asking for the same one.
fn request(strategy: &Strategy, run: &Run) -> Result<TransferRequest, Fault> {
    let payment = strategy.spec.payment();
    let name: Result<RequestId, _> = run.id.to_string().parse();
    let name = name.map_err(|_| Fault::Internal {
        reference: "strategy_runs.id".to_owned(),
    })?;
    Ok(TransferRequest {
        wallet: WalletRef::Id(strategy.wallet),
        chain: payment.chain,
        to: payment.to,
        token: payment.token,
        amount: payment.amount.clone(),
        request_id: Some(name),
        dry_run: strategy.spec.dry_run,
        memo: payment.memo.clone(),
        confirm_duplicate_of: None,
    })
}

/// The end of a run that cannot be carried out, unless it is worth another try.
fn unable(fault: &Fault) -> Option<End> {
    match fault {
        Fault::Denied { decision } => Some(failed(Failure::Denied, fault, decision.headline())),
        Fault::Forbidden | Fault::InsufficientScope { .. } => {
            Some(failed(Failure::Denied, fault, fault.to_string()))
        }
        Fault::Conflict { code, .. } if code == "lease_lost" => None,
        Fault::NotFound { .. } | Fault::Invalid { .. } | Fault::Conflict { .. } => {
            Some(failed(Failure::Unable, fault, fault.to_string()))
        }
        Fault::Unavailable { .. } | Fault::Internal { .. } | Fault::Unauthenticated => None,
    }
}

fn failed(how: Failure, fault: &Fault, message: String) -> End {
    End::Failed {
        how,
        intent: None,
        code: fault.code().to_owned(),
        message,
    }
}
