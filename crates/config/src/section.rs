//! One file a section: fields, defaults, rules.

mod aws_kms;
mod chain;
mod control_plane;
mod custody;
mod data;
mod database;
mod grpc;
mod identity;
mod keys;
mod log;
mod mcp;
mod policy;
mod probes;
mod rest;
mod rule;
mod server;
mod snapshot;
mod strategies;
mod vault;

use serde::{Serialize, de::DeserializeOwned};

pub use aws_kms::AwsKms;
pub use chain::{Chain, RpcUrl};
pub use control_plane::ControlPlane;
pub use custody::{Custody, Export};
pub use data::Data;
pub use database::{Database, DatabaseTls};
pub use grpc::Grpc;
pub use identity::Identity;
pub use keys::{Kek, Keys, Root};
pub use log::{Log, LogFormat};
pub use mcp::Mcp;
pub use policy::PolicySource;
pub use probes::Probes;
pub use rest::Rest;
pub use rule::Rule;
pub use server::{Server, ServerUrl};
pub use snapshot::Snapshot;
pub use strategies::Strategies;
pub use vault::{Vault, VaultLogin};

/// A part of the configuration that is read key by key.
pub trait Section: Serialize + DeserializeOwned {
    /// What must hold beyond each value's own form: the key, and what is wrong with it.
    fn validate(&self) -> Vec<(&'static str, Rule)>;
}
