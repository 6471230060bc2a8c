//! The control API as seen from a pass: who asks, and what a refusal means for the object.

use kube::Resource;
use vaultpilot_core::{Managed, ResourceKind};
use vaultpilot_ports::Fault;
use vaultpilot_ports::resource_plane::Release;

use crate::deletion::Blocker;
use crate::error::Error;
use crate::reason::Reason;
use crate::truth::Findings;

/// The object as the control API knows it.
pub fn managed<K: Resource>(kind: ResourceKind, object: &K) -> Result<Managed, Error> {
    let meta = object.meta();
    let field = |field| Error::Incomplete { field };
    Ok(Managed {
        kind,
        namespace: meta.namespace.clone(),
        name: meta.name.clone().ok_or_else(|| field("name"))?,
        uid: meta.uid.clone().ok_or_else(|| field("uid"))?,
    })
}

/// What a fault means. Only what somebody must change stalls the object.
pub fn refused(fault: &Fault, condition: &'static str, findings: &mut Findings) {
    let words = words(fault);
    match fault {
        Fault::Conflict { .. } => findings.stalls(condition, Reason::AdoptionConflict, words),
        Fault::Invalid { .. } | Fault::NotFound { .. } | Fault::Denied { .. } => {
            findings.stalls(condition, Reason::ControlPlaneRefused, words);
        }
        // Of itself it will be there again, or somebody sees to its permissions.
        Fault::Unavailable { .. } | Fault::Internal { .. } => {
            findings.unknown(condition, Reason::ControlPlaneUnreachable, words);
        }
        Fault::Unauthenticated | Fault::InsufficientScope { .. } | Fault::Forbidden => {
            findings.unknown(condition, Reason::ControlPlaneRefused, words);
        }
    }
}

/// What is in the way of letting a record go, if anything is. What was never recorded is let go.
pub fn blocker(released: Result<Release, Fault>) -> Option<Blocker> {
    match released {
        Ok(Release::Done) | Err(Fault::NotFound { .. }) => None,
        Ok(Release::Blocked {
            reason,
            by,
            message,
        }) => Some(Blocker {
            reason,
            by,
            message,
        }),
        Err(fault) => Some(unreachable(&fault)),
    }
}

/// The control API does not say yes, so nothing goes.
pub fn unreachable(fault: &Fault) -> Blocker {
    let by = vec!["control API".to_owned()];
    Blocker::new(Reason::ControlPlaneUnreachable, by, words(fault))
}

/// With the stable code in front, as people look it up.
pub fn words(fault: &Fault) -> String {
    format!("{}: {fault}", fault.code())
}
