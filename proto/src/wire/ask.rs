//! What is asked in the name of a caller: a call context, and the question.

use vaultpilot_core::ApprovalId;
use vaultpilot_ports::control_plane::{
    ApprovalQuery, BudgetQuery, CreateWallet, EventQuery, FaucetRequest, ListQuery, ToolCall,
    TransactionQuery, TransactionRef, TransferRequest, WalletRef,
};

use super::{Wire, WireError, at};
use crate::pb;

/// A request of `RuntimeService` that acts for a caller.
pub trait Ask<T>: Sized {
    fn pack(context: Vec<u8>, question: T) -> Self;

    /// Looked at first: nothing else of a message counts before it is known who asks.
    fn context(&self) -> &[u8];

    /// # Errors
    /// When the question is not one.
    fn unpack(self) -> Result<T, WireError>;
}

/// How long to wait for a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    pub transaction: TransactionRef,
    pub confirmations: Option<u64>,
    pub timeout_s: u64,
}

/// A question of several fields. `or_default` are messages whose absence has a meaning.
macro_rules! ask {
    (
        $message:path as $question:ident {
            $($field:ident),* $(,)?
        } $(or_default { $($part:ident),* })?
    ) => {
        impl Ask<$question> for $message {
            fn pack(context: Vec<u8>, question: $question) -> Self {
                let $question { $($field,)* $($($part,)*)? } = question;
                Self {
                    context,
                    $($field: Wire::write($field),)*
                    $($($part: Some(Wire::write($part)),)*)?
                }
            }

            fn context(&self) -> &[u8] {
                &self.context
            }

            fn unpack(self) -> Result<$question, WireError> {
                Ok($question {
                    $($field: at(stringify!($field), self.$field.read())?,)*
                    $($($part: at(stringify!($part), self.$part.read())?.unwrap_or_default(),)*)?
                })
            }
        }
    };
}

/// A question of one field.
macro_rules! ask_one {
    ($message:path, $field:ident as $question:ty) => {
        impl Ask<$question> for $message {
            fn pack(context: Vec<u8>, question: $question) -> Self {
                Self {
                    context,
                    $field: Wire::write(question),
                }
            }

            fn context(&self) -> &[u8] {
                &self.context
            }

            fn unpack(self) -> Result<$question, WireError> {
                at(stringify!($field), self.$field.read())
            }
        }
    };
}

macro_rules! ask_transfer {
    ($($message:path),*) => {$(
        impl Ask<TransferRequest> for $message {
            fn pack(context: Vec<u8>, question: TransferRequest) -> Self {
                Self {
                    context,
                    transfer: Some(Wire::write(question)),
                }
            }

            fn context(&self) -> &[u8] {
                &self.context
            }

            fn unpack(self) -> Result<TransferRequest, WireError> {
                at("transfer", crate::required(self.transfer))
            }
        }
    )*};
}

ask!(pb::AdmitRequest as ToolCall { tool, wallet, chain });
ask!(pb::WalletCreateRequest as CreateWallet { label, chains });
ask!(pb::BudgetRequest as BudgetQuery { wallet, chain, token });
ask!(pb::TransactionListRequest as TransactionQuery { wallet, state } or_default { page });
ask!(pb::TransactionWaitRequest as Wait { transaction, confirmations, timeout_s });
ask!(pb::ApprovalListRequest as ApprovalQuery { waiting_only } or_default { page });
ask!(pb::EventListRequest as EventQuery { wallet, denied_only } or_default { page });
ask!(pb::FaucetRequest as FaucetRequest { wallet, chain, amount });
ask_one!(pb::WalletFetchRequest, wallet as WalletRef);
ask_one!(pb::PolicyRequest, wallet as WalletRef);
ask_one!(pb::CancelRequest, request_id as String);
ask_one!(pb::TransactionRequest, transaction as TransactionRef);
ask_one!(pb::ApprovalRequest, approval as ApprovalId);
ask_transfer!(pb::CheckRequest, pb::SimulateRequest, pb::TransferRequest);

impl Ask<()> for pb::ToolsRequest {
    fn pack(context: Vec<u8>, (): ()) -> Self {
        Self { context }
    }

    fn context(&self) -> &[u8] {
        &self.context
    }

    fn unpack(self) -> Result<(), WireError> {
        Ok(())
    }
}

impl Ask<ListQuery> for pb::WalletListRequest {
    fn pack(context: Vec<u8>, question: ListQuery) -> Self {
        Self {
            context,
            page: Some(Wire::write(question)),
        }
    }

    fn context(&self) -> &[u8] {
        &self.context
    }

    fn unpack(self) -> Result<ListQuery, WireError> {
        Ok(at("page", self.page.read())?.unwrap_or_default())
    }
}

impl Ask<(WalletRef, String)> for pb::WalletFreezeRequest {
    fn pack(context: Vec<u8>, (wallet, reason): (WalletRef, String)) -> Self {
        Self {
            context,
            wallet: Wire::write(wallet),
            reason,
        }
    }

    fn context(&self) -> &[u8] {
        &self.context
    }

    fn unpack(self) -> Result<(WalletRef, String), WireError> {
        Ok((at("wallet", self.wallet.read())?, self.reason))
    }
}
