//! Parts from npm: anvil by itself, and what the end-to-end tests take.

use super::pin::Pin;
use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{program, run, say};
use std::env::consts::{ARCH, OS};
use std::path::PathBuf;

const FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

pub(crate) fn anvil(checkout: &Checkout) -> Result<PathBuf, Error> {
    let folder = install(checkout, "anvil", "e2e/npm-anvil")?;
    // Of the packages for the kinds of machines npm installs the one that fits, and none, without
    // an error, where none does.
    let (os, arch) = (npm_os(), npm_arch());
    let path = folder.join(format!(
        "node_modules/@foundry-rs/anvil-{os}-{arch}/bin/anvil"
    ));
    if path.is_file() {
        Ok(path)
    } else {
        Err(Error::NoAnvil {
            os: OS,
            arch: ARCH,
            path,
        })
    }
}

pub(crate) fn node_modules(checkout: &Checkout) -> Result<PathBuf, Error> {
    Ok(install(checkout, "npm", "e2e/npm")?.join("node_modules"))
}

fn install(checkout: &Checkout, kind: &'static str, source: &str) -> Result<PathBuf, Error> {
    let pin = Pin::read(kind, &checkout.path(source), &FILES)?;
    pin.installed(checkout, &format!("{OS}-{ARCH}"), |folder| {
        say(&format!("installing {source} from npm"));
        let mut npm = program(checkout, "npm");
        npm.current_dir(folder)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        // Standard output is for the paths.
        run(npm.stdout(std::io::stderr()))
    })
}

fn npm_os() -> &'static str {
    if OS == "macos" { "darwin" } else { OS }
}

fn npm_arch() -> &'static str {
    match ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
