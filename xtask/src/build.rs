//! Builds of the product.

use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{cargo, run, say};
use std::path::PathBuf;

/// Everything that tests need, with the one set of features that tests, clippy and code generation
/// share: what one of them has built the others need not build again. Gives `vaultpilot`.
pub(crate) fn everything(checkout: &Checkout) -> Result<PathBuf, Error> {
    say("building everything that tests need");
    run(cargo(checkout).args(["build", "--workspace", "--all-targets", "--all-features"]))?;
    Ok(checkout.target_dir().join("debug/vaultpilot"))
}

/// `vaultpilot` as it is shipped.
pub(crate) fn release(checkout: &Checkout) -> Result<PathBuf, Error> {
    say("building vaultpilot (release; minutes the first time, seconds after)");
    run(cargo(checkout).args(["build", "--release", "--package", "vaultpilot"]))?;
    Ok(checkout.target_dir().join("release/vaultpilot"))
}
