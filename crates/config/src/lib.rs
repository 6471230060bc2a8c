#![doc = include_str!("../README.md")]

mod builtin;
mod hosted;
mod load;
mod nearest;
mod origin;
mod problem;
mod reference;
mod runtime;
pub mod section;
mod show;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use vaultpilot_core::ChainId;

pub use builtin::builtin;
pub use hosted::HostedConfig;
pub use load::{File, Flag, Loaded, Sources};
pub use nearest::nearest;
pub use origin::Origin;
pub use problem::{ConfigErrors, Problem, ProblemKind};
pub use reference::{
    hosted_reference, hosted_schema, reference, runtime_reference, runtime_schema, schema,
};
pub use runtime::RuntimeConfig;
pub use section::{
    AwsKms, Chain, Custody, Data, Database, DatabaseTls, Export, Grpc, Identity, Kek, Keys, Log,
    LogFormat, PolicySource, Probes, Rest, Root, RpcUrl, Rule, Server, ServerUrl, Vault,
    VaultLogin,
};
pub use show::Shown;

/// Everything the self-hosted edition can be told.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "vaultpilot.yml", default)]
pub struct Config {
    /// Where it listens, and to whom.
    pub server: Server,
    /// Where it keeps what it must not lose.
    pub data: Data,
    /// Chains by CAIP-2 id. The well-known ones are built in; endpoints enable a chain.
    pub chains: BTreeMap<ChainId, Chain>,
    /// How wallet keys are wrapped.
    pub keys: Keys,
    /// Vault or OpenBao, where it wraps keys.
    pub vault: Vault,
    /// AWS KMS, where it wraps or holds keys.
    pub aws_kms: AwsKms,
    /// What it writes to standard error.
    pub log: Log,
    /// Policies applied at start: files (relative to this one) or documents.
    pub policies: Vec<PolicySource>,
}

impl Config {
    /// The chains that have at least one endpoint.
    pub fn enabled_chains(&self) -> impl Iterator<Item = (ChainId, &Chain)> {
        enabled(&self.chains)
    }
}

fn enabled(chains: &BTreeMap<ChainId, Chain>) -> impl Iterator<Item = (ChainId, &Chain)> {
    chains
        .iter()
        .filter(|(_, chain)| !chain.rpc.is_empty())
        .map(|(id, chain)| (*id, chain))
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: Server::default(),
            data: Data::default(),
            chains: builtin(),
            keys: Keys::default(),
            vault: Vault::default(),
            aws_kms: AwsKms::default(),
            log: Log::default(),
            policies: Vec::new(),
        }
    }
}
