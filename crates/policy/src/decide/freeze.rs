//! The kill switches. Frozen means: nothing moves and nothing is signed. Reading, cancelling,
//! receiving and taking authority back stay possible.

use vaultpilot_core::ToolClass;

use super::{Verdict, demand::Demand};
use crate::{Facts, Reason, ReasonCode};

pub(super) fn judge(facts: &Facts<'_>, demand: &Demand, verdict: &mut Verdict) {
    if facts.tool.class() < ToolClass::S2 || demand.only_revokes() {
        return;
    }
    let mut frozen = |message: String| verdict.deny(Reason::new(ReasonCode::Frozen, message));
    if facts.freeze.platform {
        frozen("the platform is frozen; nothing is signed until its operator thaws it".to_owned());
    }
    if facts.freeze.tenant {
        frozen("the tenant is frozen; nothing is signed until a person thaws it".to_owned());
    }
    if let Some(reason) = &facts.freeze.wallet {
        let wallet = facts.wallet.map_or("", |wallet| wallet.as_str());
        frozen(format!(
            "wallet {wallet} is frozen ({reason}); only a person thaws it"
        ));
    }
}
