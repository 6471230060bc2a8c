//! `cargo xtask fetch`: the pinned parts of development and tests, installed into the cache.
//!
//! A part lies in a folder named after the hash of the files that pin it, and is moved there whole:
//! a folder that exists is complete, and a changed pin is another folder.

mod npm;
mod pin;
mod postgres;
mod python;

#[cfg(test)]
mod tests;

use crate::checkout::Checkout;
use crate::error::Error;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(Debug, Args)]
pub struct Fetch {
    /// Install this part alone
    #[arg(long)]
    only: Option<Part>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    Anvil,
    Helm,
    Moto,
    NodeModules,
    Openbao,
    Postgres,
    Python,
}

/// Where the parts are.
#[derive(Debug)]
pub(crate) struct Parts {
    anvil: PathBuf,
    helm: PathBuf,
    moto: PathBuf,
    node_modules: PathBuf,
    openbao: PathBuf,
    postgres: PathBuf,
    python: PathBuf,
}

impl Fetch {
    pub(crate) fn run(self, checkout: &Checkout) -> Result<ExitCode, Error> {
        let named = match self.only {
            None => all(checkout)?.named().to_vec(),
            Some(Part::Anvil) => vec![("VAULTPILOT_ANVIL", anvil(checkout)?)],
            Some(Part::Helm) => vec![("VAULTPILOT_HELM", helm(checkout)?)],
            Some(Part::Moto) => vec![("VAULTPILOT_MOTO", moto(checkout)?)],
            Some(Part::NodeModules) => {
                vec![("VAULTPILOT_NODE_MODULES", npm::node_modules(checkout)?)]
            }
            Some(Part::Openbao) => vec![("VAULTPILOT_OPENBAO", openbao(checkout)?)],
            Some(Part::Postgres) => vec![("VAULTPILOT_POSTGRES", postgres(checkout)?)],
            Some(Part::Python) => vec![("VAULTPILOT_PYTHON", python::python(checkout)?)],
        };
        for (name, path) in named {
            println!("{name}={}", path.display());
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// All parts.
pub(crate) fn all(checkout: &Checkout) -> Result<Parts, Error> {
    Ok(Parts {
        anvil: anvil(checkout)?,
        helm: helm(checkout)?,
        moto: moto(checkout)?,
        node_modules: npm::node_modules(checkout)?,
        openbao: openbao(checkout)?,
        postgres: postgres(checkout)?,
        python: python::python(checkout)?,
    })
}

/// The Ethereum node alone.
pub(crate) fn anvil(checkout: &Checkout) -> Result<PathBuf, Error> {
    npm::anvil(checkout)
}

/// The folder of a Postgres server's programs.
pub(crate) fn postgres(checkout: &Checkout) -> Result<PathBuf, Error> {
    postgres::programs(checkout)
}

/// The program `bao`, a server of OpenBao.
pub(crate) fn openbao(checkout: &Checkout) -> Result<PathBuf, Error> {
    python::openbao(checkout)
}

/// The Python that has moto, which speaks AWS KMS.
pub(crate) fn moto(checkout: &Checkout) -> Result<PathBuf, Error> {
    python::moto(checkout)
}

/// The Python that has what builds the documentation. Neither tests nor the product need it.
pub(crate) fn site(checkout: &Checkout) -> Result<PathBuf, Error> {
    python::site(checkout)
}

/// Helm alone.
fn helm(checkout: &Checkout) -> Result<PathBuf, Error> {
    Ok(kubectl(checkout)?.join("helm"))
}

/// The folder that has kubectl and Helm.
pub(crate) fn kubectl(checkout: &Checkout) -> Result<PathBuf, Error> {
    python::kubectl(checkout)
}

/// A folder made from files of the checkout, which pin it together with what `also` says.
pub(crate) fn made(
    checkout: &Checkout,
    kind: &'static str,
    source: &str,
    files: &[&'static str],
    also: &str,
    make: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<PathBuf, Error> {
    pin::Pin::read(kind, &checkout.path(source), files)?.installed(checkout, also, make)
}

impl Parts {
    fn named(self) -> [(&'static str, PathBuf); 7] {
        [
            ("VAULTPILOT_ANVIL", self.anvil),
            ("VAULTPILOT_HELM", self.helm),
            ("VAULTPILOT_MOTO", self.moto),
            ("VAULTPILOT_NODE_MODULES", self.node_modules),
            ("VAULTPILOT_OPENBAO", self.openbao),
            ("VAULTPILOT_POSTGRES", self.postgres),
            ("VAULTPILOT_PYTHON", self.python),
        ]
    }

    /// Tells a program where the parts are.
    pub(crate) fn announce(self, command: &mut Command) {
        command.envs(self.named());
    }
}
