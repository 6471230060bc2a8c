#![doc = include_str!("../README.md")]

pub mod devnet;
pub mod guard;
pub mod spec;

mod broadcast;
mod chains;
mod codec;
mod faucet;
mod fresh;
mod health;
mod node;
mod pool;
mod read;
mod revert;
mod text;
mod transport;
mod wire;

pub use chains::{Chains, ChainsError};
pub use codec::Eip1559;
pub use devnet::{Devnet, DevnetError, DevnetOptions};
pub use guard::{EndpointGuard, EndpointRefused};
pub use spec::{ChainSpec, Endpoint, FaucetKind};
