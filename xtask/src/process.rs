//! Other programs: how they are started and what is said when they fail.

use crate::checkout::Checkout;
use crate::error::Error;
use std::ffi::OsStr;
use std::io;
use std::process::{Command, Output};

/// What `cargo run` sets for xtask itself. A build script that asks to be rerun when one of these
/// changes would otherwise be rebuilt at every switch between `cargo` and `cargo xtask`.
const OF_XTASK: [&str; 18] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_CRATE_NAME",
    "CARGO_BIN_NAME",
    "CARGO_PKG_AUTHORS",
    "CARGO_PKG_DESCRIPTION",
    "CARGO_PKG_HOMEPAGE",
    "CARGO_PKG_LICENSE",
    "CARGO_PKG_LICENSE_FILE",
    "CARGO_PKG_NAME",
    "CARGO_PKG_README",
    "CARGO_PKG_REPOSITORY",
    "CARGO_PKG_RUST_VERSION",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// Tells the person waiting what takes the time.
pub(crate) fn say(what: &str) {
    eprintln!("xtask: {what}");
}

/// A program, started in the checkout.
pub(crate) fn program(checkout: &Checkout, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(checkout.root());
    for name in OF_XTASK {
        command.env_remove(name);
    }
    command
}

/// Cargo, with its build output in the cache.
pub(crate) fn cargo(checkout: &Checkout) -> Command {
    let mut command = program(checkout, "cargo");
    command.env("CARGO_TARGET_DIR", checkout.target_dir());
    command
}

/// Runs to the end; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let status = command
        .status()
        .map_err(|error| not_started(command, error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Ended {
            command: line(command),
            status,
        })
    }
}

/// Runs to the end and takes what it prints; anything but success is an error.
pub(crate) fn read(command: &mut Command) -> Result<Vec<u8>, Error> {
    command.stderr(std::process::Stdio::inherit());
    let Output { status, stdout, .. } = command
        .output()
        .map_err(|error| not_started(command, error))?;
    if status.success() {
        Ok(stdout)
    } else {
        Err(Error::Ended {
            command: line(command),
            status,
        })
    }
}

pub(crate) fn not_started(command: &Command, source: io::Error) -> Error {
    let program = command.get_program().to_string_lossy().into_owned();
    if source.kind() != io::ErrorKind::NotFound {
        return Error::Start { program, source };
    }
    let advice = match program.as_str() {
        "npm" => "install Node.js 20 or newer",
        "python3" => "install Python 3.11 or newer",
        "git" => "install git",
        _ => "install it or put it on PATH",
    };
    Error::Missing { program, advice }
}

/// The command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(OsStr::to_string_lossy));
    words.join(" ")
}
