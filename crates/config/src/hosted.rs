//! What the hosted edition's control plane can be told: `control-api.yml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use vaultpilot_core::ChainId;

use crate::load::{self, Broken, Form, Overlay};
use crate::section::{
    AwsKms, Chain, Custody, Database, Grpc, Identity, Log, LogFormat, Probes, Rest, Section as _,
    Vault,
};
use crate::{ConfigErrors, Loaded, Sources, builtin, enabled};

/// Everything `control-api` can be told.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "control-api.yml", default)]
pub struct HostedConfig {
    /// The door of people.
    pub rest: Rest,
    /// The door of tenants' pods and of the operator.
    pub grpc: Grpc,
    /// The door of the cluster: probes and metrics.
    pub probes: Probes,
    /// Where everything is kept.
    pub database: Database,
    /// Who tells pods apart, and what they are called.
    pub identity: Identity,
    /// The files with secrets of this house.
    pub keys: Custody,
    /// Vault or OpenBao, for tenants whose keys it wraps.
    pub vault: Vault,
    /// AWS KMS, for tenants whose keys it wraps, and for wallets whose keys it holds.
    pub aws_kms: AwsKms,
    /// Chains by CAIP-2 id. The well-known ones are built in; endpoints enable a chain.
    pub chains: BTreeMap<ChainId, Chain>,
    /// What it writes to standard error.
    pub log: Log,
}

impl Default for HostedConfig {
    fn default() -> Self {
        Self {
            rest: Rest::default(),
            grpc: Grpc::default(),
            probes: Probes::default(),
            database: Database::default(),
            identity: Identity::default(),
            keys: Custody::default(),
            vault: Vault::default(),
            aws_kms: AwsKms::default(),
            chains: builtin(),
            // Nobody watches a terminal here: machines collect the log.
            log: Log {
                level: "info".to_owned(),
                format: LogFormat::Json,
            },
        }
    }
}

impl HostedConfig {
    /// Reads all sources and reports all problems.
    ///
    /// # Errors
    /// When any value is unknown, unreadable or breaks a rule.
    pub fn load(sources: &Sources<'_>) -> Result<Loaded<Self>, ConfigErrors> {
        load::load(Self::default(), sources)
    }

    /// The chains that have at least one endpoint.
    pub fn enabled_chains(&self) -> impl Iterator<Item = (ChainId, &Chain)> {
        enabled(&self.chains)
    }
}

impl Form for HostedConfig {
    const SECTIONS: &'static [&'static str] = &[
        "rest", "grpc", "probes", "database", "identity", "keys", "vault", "aws_kms", "chains",
        "log",
    ];

    fn lay(&mut self, overlay: &mut Overlay<'_>) {
        overlay.section(&["rest"], &mut self.rest);
        overlay.section(&["grpc"], &mut self.grpc);
        overlay.section(&["probes"], &mut self.probes);
        overlay.section(&["database"], &mut self.database);
        overlay.section(&["identity"], &mut self.identity);
        overlay.section(&["keys"], &mut self.keys);
        overlay.section(&["vault"], &mut self.vault);
        overlay.section(&["aws_kms"], &mut self.aws_kms);
        overlay.section(&["log"], &mut self.log);
        self.chains = load::chains(overlay);
    }

    fn judge(&self) -> Vec<(String, Broken)> {
        let mut judged = vec![
            ("rest".to_owned(), self.rest.validate()),
            ("grpc".to_owned(), self.grpc.validate()),
            ("probes".to_owned(), self.probes.validate()),
            ("database".to_owned(), self.database.validate()),
            ("identity".to_owned(), self.identity.validate()),
            ("keys".to_owned(), self.keys.validate()),
            ("vault".to_owned(), self.vault.validate()),
            ("aws_kms".to_owned(), self.aws_kms.validate()),
            ("log".to_owned(), self.log.validate()),
        ];
        judged.extend(load::judge_chains(&self.chains));
        judged
    }
}
