//! A protected object is not deleted. A custom resource's own rules do not see a delete; this does.

use super::{Admission, Matched, Validation, admission};
use crate::name::{GROUP, VERSION};

pub const DELETION: &str = "vaultpilot-deletion-protection";

pub(super) fn protect() -> Admission {
    let matched = Matched {
        group: GROUP,
        version: VERSION,
        resources: &["tenants", "wallets", "strategies"],
        operations: &["DELETE"],
    };
    let protected = Validation {
        expression: "!has(oldObject.spec.deletionProtection) || !oldObject.spec.deletionProtection"
            .to_owned(),
        message: Some(
            "the object is protected from deletion; set spec.deletionProtection to false first"
                .to_owned(),
        ),
        message_expression: Some(
            "oldObject.kind + ' ' + oldObject.metadata.name + ' is protected from deletion; \
             set spec.deletionProtection to false first'"
                .to_owned(),
        ),
        reason: Some("Forbidden".to_owned()),
    };
    admission(DELETION, &matched, vec![protected])
}
