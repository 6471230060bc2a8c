//! Starts a part, so that it outlives the command that started it.

use super::argument::{self, Program};
use super::fault::Fault;
use super::name::Name;
use super::network;
use super::part::Part;
use super::place::Place;
use super::record::{Process, started};
use super::subnet::Subnet;
use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{not_started, program};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Finds Debian's programs, wherever the caller's PATH leads.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

#[derive(Debug)]
pub(super) struct Launcher<'a> {
    pub(super) checkout: &'a Checkout,
    pub(super) place: &'a Place,
    pub(super) name: &'a Name,
    pub(super) subnet: Subnet,
    pub(super) binaries: &'a Path,
}

impl Launcher<'_> {
    pub(super) fn start(&self, part: Part) -> Result<Process, Error> {
        let log = self.log(part);
        let out = File::create(&log).map_err(Error::file("write", &log))?;
        let err = out.try_clone().map_err(Error::file("write", &log))?;
        let mut command = program(self.checkout, "setsid");
        command
            .arg("nsenter")
            .arg(network::enter(self.name))
            .arg(self.binary(part)?)
            .args(argument::arguments(
                part,
                self.place,
                self.name,
                self.subnet,
            ))
            .env_clear()
            .env("PATH", PATH)
            .env("VAULTPILOT_CACHE", self.checkout.cache())
            .current_dir(self.place.root())
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err);
        let child = command
            .spawn()
            .map_err(|source| not_started(&command, source))?;
        let id = child.id();
        match started(id) {
            Some(started) => Ok(Process { part, id, started }),
            None => Err(self.ended(part)),
        }
    }

    /// The error of a part that is gone before it was ready.
    pub(super) fn ended(&self, part: Part) -> Error {
        let log = self.log(part);
        let text = fs::read_to_string(&log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(8)..].join("\n");
        Fault::PartEnded {
            part: part.name(),
            log,
            tail,
        }
        .into()
    }

    fn log(&self, part: Part) -> PathBuf {
        self.place.logs().join(format!("{part}.log"))
    }

    fn binary(&self, part: Part) -> Result<PathBuf, Error> {
        Ok(match argument::program(part) {
            Program::Built(name) => self.binaries.join(name),
            Program::Machine(path) => path.into(),
            // A copy: the original may be built anew while the cluster is up.
            Program::Xtask => {
                // By this name it is there also when it was built anew since this one started.
                let own = "/proc/self/exe";
                let copy = self.place.path("xtask");
                fs::copy(own, &copy).map_err(Error::file("copy", own))?;
                copy
            }
        })
    }
}
