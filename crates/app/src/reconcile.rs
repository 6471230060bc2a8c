//! A house that came out of a backup knows nothing of what was paid after the backup was taken. Each
//! of its wallets signs nothing until a person has seen what its chains say.

mod acknowledge;
mod backup;
mod look;
mod strategy;
mod view;

pub use backup::{house_backed_up, house_restored};
pub use view::{ChainStanding, Reconciliation, RestoredChain, RestoredPayment, RestoredWallet};
