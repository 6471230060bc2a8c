//! Payments, the transactions they become, and the questions they wait for.

use vaultpilot_ports::control_plane::{
    ApprovalView, PaymentStatus, PaymentView, SimulationView, TransactionView, TransferRequest,
    TxView,
};

use super::{mirror, names, page};
use crate::pb;

names!(PaymentStatus as pb::PaymentStatus {
    Executed,
    Submitted,
    PendingApproval,
    Denied,
    Simulated,
    Ambiguous,
    Failed,
});
mirror!(TransferRequest as pb::Transfer {
    wallet,
    chain,
    to,
    token,
    amount,
    request_id,
    dry_run,
    memo,
    confirm_duplicate_of,
});
mirror!(PaymentView as pb::Payment {
    status,
    request_id,
    transaction_id,
    action_digest,
    message,
    transaction,
    approval,
    simulation,
    duplicate_of,
} required { decision });
mirror!(SimulationView as pb::Simulation {
    succeeded,
    error,
    gas_used,
    max_gas_cost,
});
mirror!(TransactionView as pb::Transaction {
    id,
    request_id,
    state,
    status,
    reason,
    wallet,
    from,
    to,
    chain,
    asset,
    amount,
    amount_raw,
    memo,
    requested_by,
    tx,
    created_at,
});
mirror!(TxView as pb::ChainTransaction {
    hash,
    nonce,
    block,
    confirmations,
    gas_paid,
    explorer_url,
});
mirror!(ApprovalView as pb::Approval {
    id,
    transaction_id,
    state,
    summary,
    action_digest,
    requested_by,
    decided_by,
    code_required,
    created_at,
    expires_at,
    how,
});
page!(TransactionView as pb::TransactionPage);
page!(ApprovalView as pb::ApprovalPage);
