#![doc = include_str!("../README.md")]

pub mod chain;
pub mod control_plane;
pub mod keys;
pub mod notify;
pub mod resource_plane;
pub mod store;
pub mod strategy_plane;

pub use chain::{Broadcaster, ChainError, ChainReader, Faucet, TxCodec};
pub use control_plane::{ControlPlane, Fault};
pub use keys::{Custodian, KeyError, KeyWrapper, RootUnwrapper, RootWrapper, Signer};
pub use notify::{Notice, Notifier};
pub use resource_plane::ResourcePlane;
pub use store::{ReadTx, Store, StoreError, Tx};
pub use strategy_plane::StrategyPlane;
