//! `cargo xtask arrows`: who may name whom, who owns what, and what is banned.
//!
//! The rules are data: `arrows.toml` beside this crate's manifest and the `[bans]` of `deny.toml`.

mod ban;
mod graph;
mod table;
mod violation;

#[cfg(test)]
mod tests;

use crate::checkout::Checkout;
use crate::error::Error;
use ban::{Deny, Lock};
use graph::Graph;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::process::ExitCode;
use table::Table;

pub(crate) fn run(checkout: &Checkout) -> Result<ExitCode, Error> {
    let graph = Graph::of(checkout)?;
    let table: Table = read(&checkout.path("xtask/arrows.toml"))?;
    let deny: Deny = read(&checkout.path("deny.toml"))?;
    let lock: Lock = read(&checkout.path("Cargo.lock"))?;

    let mut violations = table.judge(&graph);
    violations.extend(deny.judge(&lock)?);
    for violation in &violations {
        println!("{violation}");
    }
    if violations.is_empty() {
        println!("{} crates, every arrow as designed", graph.members.len());
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::file("read", path))?;
    toml::from_str(&text).map_err(|source| Error::Toml {
        path: path.to_path_buf(),
        source: Box::new(source),
    })
}
