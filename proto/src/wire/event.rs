//! Audit entries as callers see them.

use vaultpilot_ports::control_plane::EventView;

use super::{Wire, WireError, mirror, page};
use crate::pb;

impl Wire<(String, String)> for pb::Fact {
    fn write((name, value): (String, String)) -> Self {
        Self { name, value }
    }

    fn read(self) -> Result<(String, String), WireError> {
        Ok((self.name, self.value))
    }
}

mirror!(EventView as pb::Event {
    id,
    seq,
    at,
    action,
    actor,
    outcome,
    tool,
    wallet_id,
    transaction_id,
    facts,
    hash,
});
page!(EventView as pb::EventPage);
