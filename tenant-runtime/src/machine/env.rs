//! The environment, read once.

use std::collections::BTreeMap;

/// Variables by name. What is not Unicode is left out.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the environment is handed in"
)]
pub(crate) fn of_process() -> BTreeMap<String, String> {
    let unicode = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(unicode).collect()
}
