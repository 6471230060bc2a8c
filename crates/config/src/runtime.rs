//! What a tenant's runtime can be told: `runtime.yml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use vaultpilot_core::ChainId;

use crate::load::{self, Broken, Form, Overlay};
use crate::section::{
    Chain, ControlPlane, Log, LogFormat, Mcp, Probes, Section as _, Snapshot, Strategies,
};
use crate::{ConfigErrors, Loaded, Sources, builtin, enabled};

/// Everything `tenant-runtime` can be told. No secret among it: the one there is is a file.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "runtime.yml", default)]
pub struct RuntimeConfig {
    /// The door of the tenant's agents.
    pub mcp: Mcp,
    /// The door of the cluster: probes and metrics.
    pub probes: Probes,
    /// Who decides.
    pub control_plane: ControlPlane,
    /// How it reads while the control plane is away.
    pub snapshot: Snapshot,
    /// Whether it drives strategies.
    pub strategies: Strategies,
    /// Chains by CAIP-2 id. The well-known ones are built in; endpoints enable a chain.
    pub chains: BTreeMap<ChainId, Chain>,
    /// What it writes to standard error.
    pub log: Log,
}

impl Default for RuntimeConfig {
    fn default() -> Self {
        Self {
            mcp: Mcp::default(),
            probes: Probes::default(),
            control_plane: ControlPlane::default(),
            snapshot: Snapshot::default(),
            strategies: Strategies::default(),
            chains: builtin(),
            // Nobody watches a terminal here: machines collect the log.
            log: Log {
                level: "info".to_owned(),
                format: LogFormat::Json,
            },
        }
    }
}

impl RuntimeConfig {
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

impl Form for RuntimeConfig {
    const SECTIONS: &'static [&'static str] = &[
        "mcp",
        "probes",
        "control_plane",
        "snapshot",
        "strategies",
        "chains",
        "log",
    ];

    fn lay(&mut self, overlay: &mut Overlay<'_>) {
        overlay.section(&["mcp"], &mut self.mcp);
        overlay.section(&["probes"], &mut self.probes);
        overlay.section(&["control_plane"], &mut self.control_plane);
        overlay.section(&["snapshot"], &mut self.snapshot);
        overlay.section(&["strategies"], &mut self.strategies);
        overlay.section(&["log"], &mut self.log);
        self.chains = load::chains(overlay);
    }

    fn judge(&self) -> Vec<(String, Broken)> {
        let mut judged = vec![
            ("mcp".to_owned(), self.mcp.validate()),
            ("probes".to_owned(), self.probes.validate()),
            ("control_plane".to_owned(), self.control_plane.validate()),
            ("snapshot".to_owned(), self.snapshot.validate()),
            ("strategies".to_owned(), self.strategies.validate()),
            ("log".to_owned(), self.log.validate()),
        ];
        judged.extend(load::judge_chains(&self.chains));
        judged
    }
}
