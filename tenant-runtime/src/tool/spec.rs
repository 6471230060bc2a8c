//! What a tool is made of.

use rmcp::model::ToolAnnotations;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use vaultpilot_core::Caller;
use vaultpilot_ports::{ChainReader, ControlPlane, Fault};

use crate::Runtime;
use crate::answer::Answer;
use crate::door::Principal;

/// One call's surroundings.
pub(crate) struct Call<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) principal: &'a Principal,
}

impl<'a> Call<'a> {
    pub(crate) fn control(&self) -> &'a dyn ControlPlane {
        self.runtime.control.as_ref()
    }

    pub(crate) fn chain(&self) -> &'a dyn ChainReader {
        self.runtime.chain.as_ref()
    }

    pub(crate) fn caller(&self) -> &'a Caller {
        &self.principal.caller
    }
}

pub(crate) trait Spec {
    /// For models: what it does and when to use it. Never holds text of agents or chains.
    const DESCRIPTION: &'static str;
    const HINTS: Hints;
    /// Everything optional may be absent; everything unknown is refused.
    type Arguments: DeserializeOwned + JsonSchema;

    async fn run(call: &Call<'_>, arguments: Self::Arguments) -> Result<Answer, Fault>;
}

/// The four annotations of MCP, all of them said aloud, and whether the answer is a payment.
#[expect(
    clippy::struct_excessive_bools,
    reason = "MCP has four independent hints"
)]
#[derive(Clone, Copy)]
pub(crate) struct Hints {
    pub(crate) read_only: bool,
    pub(crate) destructive: bool,
    pub(crate) idempotent: bool,
    pub(crate) open_world: bool,
    pub(crate) pays: bool,
}

impl Hints {
    /// Reads what the house knows.
    pub(crate) const READS: Self = Self {
        read_only: true,
        destructive: false,
        idempotent: true,
        open_world: false,
        pays: false,
    };
    /// Asks a chain.
    pub(crate) const READS_CHAIN: Self = Self {
        open_world: true,
        ..Self::READS
    };
    /// Changes the house's own state; a second call changes nothing more.
    pub(crate) const KEEPS: Self = Self {
        read_only: false,
        ..Self::READS
    };
    /// Moves value.
    pub(crate) const PAYS: Self = Self {
        read_only: false,
        destructive: true,
        idempotent: true,
        open_world: true,
        pays: true,
    };

    pub(crate) const fn paying(self) -> Self {
        Self { pays: true, ..self }
    }

    pub(crate) fn annotations(self) -> ToolAnnotations {
        ToolAnnotations::new()
            .read_only(self.read_only)
            .destructive(self.destructive)
            .idempotent(self.idempotent)
            .open_world(self.open_world)
    }
}
