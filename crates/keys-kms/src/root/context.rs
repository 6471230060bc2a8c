//! The encryption context: what KMS binds a wrapped key to, writes into its own log, and compares in
//! its policies.

use std::collections::HashMap;

use vaultpilot_ports::keys::KekContext;

pub(super) const TENANT: &str = "vaultpilot:tenant";
pub(super) const KEK: &str = "vaultpilot:kek";

pub(super) fn of(context: &KekContext) -> HashMap<String, String> {
    HashMap::from([
        (TENANT.to_owned(), context.tenant.to_string()),
        (KEK.to_owned(), context.version.to_string()),
    ])
}
