//! `control-api public-root`: the half of the house's root key that wraps and unwraps nothing, as a
//! file of its own. The process that decides is given this file and never the key.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use vaultpilot_keys::LocalRootWrapper;

use super::Context;
use crate::failure::Failure;
use crate::machine::OsEntropy;

pub(super) fn run(ctx: &Context, from: &Path, to: &Path) -> Result<(), Failure> {
    vaultpilot_keys::harden_process()?;
    let root = LocalRootWrapper::mounted(from, Arc::new(OsEntropy));
    let root = root.map_err(crate::house::OpenError::from)?;
    let failed = |source| Failure::Write {
        path: to.to_owned(),
        source,
    };
    // Written beside and renamed: whoever reads it sees all of it or the one before.
    let draft = to.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o440)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(root.public().as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&draft, to).map_err(failed)?;
    let words = format!(
        "the public half of root {} is in {}",
        root.root(),
        to.display()
    );
    ctx.answer(
        &json!({ "root": root.root().to_string(), "file": to }),
        &words,
    )
}
