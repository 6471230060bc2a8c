//! `cargo xtask image`: the images a cluster runs, written as archives without an engine.
//!
//! The `Dockerfile` makes the same layout for everybody who has an engine and a registry.

mod archive;
mod client;
mod elf;
mod library;
mod oci;
mod part;
mod postgres;
mod product;
mod toolbox;
mod tree;

#[cfg(test)]
mod tests;

pub(crate) use client::client;
pub(crate) use oci::Written;
pub(crate) use part::{dns, pause};

use crate::checkout::Checkout;
use crate::cluster::{Fault, Place, Record, Which};
use crate::error::Error;
use clap::{Args, Subcommand, ValueEnum};
use product::Product;
use std::io::Write as _;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Images {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Write the images into the cache
    Build {
        #[command(flatten)]
        what: What,
    },
    /// Write them and bring them into the cluster
    Import {
        #[command(flatten)]
        what: What,
        #[command(flatten)]
        which: Which,
    },
}

#[derive(Debug, Args)]
struct What {
    /// These alone [default: all]
    #[arg(value_enum)]
    images: Vec<Kind>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    ControlApi,
    TenantRuntime,
    Operator,
    /// `PostgreSQL` as Debian builds it, for trials
    Postgres,
    /// A shell and network tools, for tests
    Toolbox,
}

impl Kind {
    fn product(self) -> Option<Product> {
        match self {
            Self::ControlApi => Some(product::CONTROL_API),
            Self::TenantRuntime => Some(product::TENANT_RUNTIME),
            Self::Operator => Some(product::OPERATOR),
            Self::Postgres | Self::Toolbox => None,
        }
    }
}

impl Images {
    pub(crate) fn run(self, checkout: &Checkout) -> Result<ExitCode, Error> {
        match self.step {
            Step::Build { what } => what.print(&build(checkout, &what.kinds())?),
            Step::Import { what, which } => {
                let place = reachable(checkout, &which)?;
                let written = build(checkout, &what.kinds())?;
                for image in &written {
                    client(checkout, &place).import(image)?;
                }
                what.print(&written)
            }
        }
    }
}

/// Writes all images and brings them into a cluster of ours.
pub(crate) fn import_all(checkout: &Checkout, which: &Which) -> Result<(), Error> {
    let place = reachable(checkout, which)?;
    for image in build(checkout, Kind::value_variants())? {
        client(checkout, &place).import(&image)?;
    }
    Ok(())
}

impl What {
    fn kinds(&self) -> Vec<Kind> {
        match self.images.as_slice() {
            [] => Kind::value_variants().to_vec(),
            some => some.to_vec(),
        }
    }

    fn print(&self, written: &[Written]) -> Result<ExitCode, Error> {
        let text = if self.json {
            let list = serde_json::json!(written);
            format!("{list:#}")
        } else {
            let lines: Vec<_> = written
                .iter()
                .map(|image| format!("{} {}", image.name, image.exact()))
                .collect();
            lines.join("\n")
        };
        writeln!(std::io::stdout(), "{text}").map_err(Error::Output)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The cluster has to be up, before minutes are spent on building.
fn reachable(checkout: &Checkout, which: &Which) -> Result<Place, Error> {
    if let Some(kubeconfig) = which.foreign(checkout) {
        return Err(Fault::Foreign(kubeconfig.to_path_buf()).into());
    }
    let place = Place::of(checkout, &which.name)?;
    match Record::read(&place)? {
        Some(record) if record.alive() => Ok(place),
        _ => Err(Fault::Down(which.name.to_string()).into()),
    }
}

fn build(checkout: &Checkout, kinds: &[Kind]) -> Result<Vec<Written>, Error> {
    let products: Vec<_> = kinds.iter().filter_map(|kind| kind.product()).collect();
    let mut written = product::build(checkout, &products)?;
    if kinds.contains(&Kind::Postgres) {
        written.push(postgres::build(checkout)?);
    }
    if kinds.contains(&Kind::Toolbox) {
        written.push(toolbox::build(checkout)?);
    }
    Ok(written)
}
