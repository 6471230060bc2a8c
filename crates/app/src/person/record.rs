//! What is on record, as people read it.

use vaultpilot_core::{ApprovalId, Caller, Permission};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{
    ApprovalQuery, ApprovalView, EventQuery, EventView, Listed, PaymentView, TransactionQuery,
    TransactionRef, TransactionView,
};

use super::allowed;
use crate::App;

impl App {
    /// # Errors
    /// `NotFound` when there is no such payment.
    pub async fn person_transaction(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
    ) -> Result<TransactionView, Fault> {
        allowed(caller, Permission::Read)?;
        let intent = self.intent(caller, transaction).await?;
        self.transaction_view(&intent).await
    }

    /// # Errors
    /// `Invalid` for a page that is none.
    pub async fn person_approvals(
        &self,
        caller: &Caller,
        query: &ApprovalQuery,
    ) -> Result<Listed<ApprovalView>, Fault> {
        allowed(caller, Permission::Read)?;
        self.approvals_read(caller, query).await
    }

    /// # Errors
    /// `NotFound` when there is no such approval.
    pub async fn person_approval(
        &self,
        caller: &Caller,
        id: ApprovalId,
    ) -> Result<ApprovalView, Fault> {
        allowed(caller, Permission::Read)?;
        self.approval_read(caller, id).await
    }

    /// # Errors
    /// `Invalid` for a page that is none.
    pub async fn person_events(
        &self,
        caller: &Caller,
        query: &EventQuery,
    ) -> Result<Listed<EventView>, Fault> {
        allowed(caller, Permission::AuditRead)?;
        self.events_read(caller, query, None).await
    }

    /// # Errors
    /// `Invalid` for a page that is none.
    pub async fn person_transactions(
        &self,
        caller: &Caller,
        query: &TransactionQuery,
    ) -> Result<Listed<TransactionView>, Fault> {
        allowed(caller, Permission::Read)?;
        self.transactions_read(caller, query).await
    }

    /// Withdraws a payment nothing was signed for yet.
    ///
    /// # Errors
    /// `Conflict` when it is signed or over.
    pub async fn person_cancel(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
    ) -> Result<PaymentView, Fault> {
        allowed(caller, Permission::ApprovalDecide)?;
        let intent = self.intent(caller, transaction).await?;
        self.payment_withdraw(caller, &intent.request_id).await
    }
}
