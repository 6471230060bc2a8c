//! kubectl, as the cluster's administrator.

use super::fault::Fault;
use super::place::Place;
use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{not_started, program};
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[derive(Debug)]
pub(super) struct Kubectl<'a> {
    checkout: &'a Checkout,
    path: PathBuf,
    kubeconfig: PathBuf,
    /// kubectl's own place where it is nothing.
    cache: Option<PathBuf>,
}

impl<'a> Kubectl<'a> {
    pub(super) fn of(checkout: &'a Checkout, tools: &Path, place: &Place) -> Self {
        Self {
            checkout,
            path: tools.join("kubectl"),
            kubeconfig: place.admin(),
            cache: Some(place.path("kubectl-cache")),
        }
    }

    /// For a cluster that is not one of ours.
    pub(super) fn foreign(checkout: &'a Checkout, tools: &Path, kubeconfig: &Path) -> Self {
        Self {
            checkout,
            path: tools.join("kubectl"),
            kubeconfig: kubeconfig.to_path_buf(),
            cache: None,
        }
    }

    /// The version that the server says it has.
    pub(super) fn version(&self) -> Result<String, Error> {
        let version = self.json(&["version"])?;
        let version = version.pointer("/serverVersion/gitVersion");
        let version = version
            .and_then(Value::as_str)
            .unwrap_or("of unknown version");
        Ok(version.to_owned())
    }

    pub(super) fn command(&self) -> Command {
        let mut command = program(self.checkout, &self.path);
        command
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .arg("--request-timeout=10s");
        if let Some(cache) = &self.cache {
            command.arg("--cache-dir").arg(cache);
        }
        command
    }

    /// Whether the command succeeds; what it says does not matter.
    pub(super) fn answers(&self, arguments: &[&str]) -> bool {
        self.command()
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Whether a field of an object is as expected. An object that is not there has no field.
    pub(super) fn shows(
        &self,
        kind: &str,
        object: &str,
        field: &str,
        expected: &str,
    ) -> Result<bool, Error> {
        let mut command = self.command();
        command
            .args(["get", kind, object, "--ignore-not-found"])
            .arg(format!("--output=jsonpath={field}"))
            .stderr(Stdio::null());
        let output = command
            .output()
            .map_err(|source| not_started(&command, source))?;
        Ok(output.status.success() && output.stdout == expected.as_bytes())
    }

    pub(super) fn apply(&self, objects: &Value) -> Result<(), Error> {
        let mut command = self.command();
        command
            .args(["apply", "--server-side", "--filename=-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        let mut child = command
            .spawn()
            .map_err(|source| not_started(&command, source))?;
        if let Some(mut input) = child.stdin.take() {
            input
                .write_all(objects.to_string().as_bytes())
                .map_err(Error::file("write to", &self.path))?;
        }
        let status = child.wait().map_err(Error::file("wait for", &self.path))?;
        if status.success() {
            Ok(())
        } else {
            Err(Error::Ended {
                command: crate::process::line(&command),
                status,
            })
        }
    }

    pub(super) fn json(&self, arguments: &[&str]) -> Result<Value, Error> {
        let mut command = self.command();
        command.args(arguments).arg("--output=json");
        let answer = crate::process::read(&mut command)?;
        serde_json::from_slice(&answer).map_err(|source| {
            Fault::Answer {
                program: "kubectl",
                source,
            }
            .into()
        })
    }
}
