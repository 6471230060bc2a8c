//! A dry run: judged and simulated on the chain, remembered for policies that ask for one.

use vaultpilot_audit::Outcome as AuditOutcome;
use vaultpilot_core::{Caller, Tool};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{
    PaymentStatus, PaymentView, SimulationView, TransferRequest,
};

use crate::App;
use crate::admit::Subject;
use crate::error::OrFault;

impl App {
    pub(crate) async fn payment_simulate(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        let tool = if request.dry_run {
            Tool::Transfer
        } else {
            Tool::SimulateTransfer
        };
        let wallet = self
            .enter(caller, tool, Subject::Wallet(&request.wallet))
            .await?;
        let wallet = wallet.ok_or_else(|| Fault::not_found("wallet", &request.wallet))?;
        let plan = self.plan(&wallet, request).await?;
        let mut view = self.judged(caller, &wallet, &plan, request).await?;
        if request.dry_run {
            // `transfer` is audited where it reserves; a dry run reserves nothing.
            let outcome = match view.status {
                PaymentStatus::Denied => AuditOutcome::Denied,
                _ => AuditOutcome::Allowed,
            };
            let mut draft = self.tool_draft(caller, tool, outcome).fact("dry_run", true);
            draft.wallet = Some(wallet.id);
            draft.digest = Some(view.action_digest.clone());
            for reason in &view.decision.reasons {
                draft = draft.fact("reason", reason.code);
            }
            self.audit(caller.tenant, draft).await?;
        }
        let simulation = self
            .chain
            .simulate(wallet.address, &plan.call, plan.fees.gas_limit)
            .await
            .fault()?;
        let succeeded = simulation.succeeded;
        view.message = match (&simulation.error, view.status) {
            (Some(error), PaymentStatus::Simulated) => format!("the call would fail: {error}"),
            (None, PaymentStatus::Simulated) => {
                format!("would succeed; {}", view.decision.headline())
            }
            _ => view.message,
        };
        if !succeeded && view.status == PaymentStatus::Simulated {
            view.status = PaymentStatus::Failed;
        }
        view.simulation = Some(SimulationView {
            succeeded,
            error: simulation.error,
            gas_used: simulation.gas_used,
            max_gas_cost: plan.max_gas_cost.to_base_units().format(18),
        });
        if succeeded {
            let mut tx = self.store.begin(caller.tenant).await.fault()?;
            tx.dry_run_insert(plan.request_digest, self.now())
                .await
                .fault()?;
            tx.commit().await.fault()?;
        }
        Ok(view)
    }
}
