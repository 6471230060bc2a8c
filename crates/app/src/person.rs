//! The verbs of people: what REST and the command line offer beside the tools of agents.

pub(crate) mod approval_decide;
mod audit;
pub(crate) mod custody;
pub(crate) mod key;
mod one_time_code;
pub(crate) mod policy_apply;
pub(crate) mod policy_test;
mod reconcile;
mod record;
mod session;
pub(crate) mod status;
mod strategy;
mod tenant;
pub(crate) mod wallet;

use vaultpilot_core::{Caller, Permission};
use vaultpilot_ports::Fault;

/// Only people, only with this permission.
pub(crate) fn allowed(caller: &Caller, permission: Permission) -> Result<(), Fault> {
    if caller.is_person() && caller.role.allows(permission) {
        Ok(())
    } else {
        Err(Fault::Forbidden)
    }
}
