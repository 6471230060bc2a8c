//! Helm, as a user calls it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use vaultpilot_e2e::parts;

use crate::object::{self, Object};

pub(crate) const NAMESPACE: &str = "vaultpilot-system";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chart {
    Crds,
    ControlPlane,
}

impl Chart {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Crds => "vaultpilot-crds",
            Self::ControlPlane => "vaultpilot",
        }
    }

    pub(crate) fn folder(self) -> PathBuf {
        parts::here().join("../charts").join(self.name())
    }
}

/// The files of values that the chart is tried with, in the order of their names.
pub(crate) fn tried() -> Vec<PathBuf> {
    let folder = Chart::ControlPlane.folder().join("ci");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 5, "{} has lost files", folder.display());
    files
}

/// What `helm template` prints for the values of a file.
pub(crate) fn render_file(file: &Path) -> String {
    printed(template(
        Chart::ControlPlane,
        ["-f".as_ref(), file.as_os_str()],
    ))
}

/// What `helm template` prints for some values, written as for `--set`.
pub(crate) fn render(chart: Chart, values: &[&str]) -> String {
    printed(template(chart, sets(values)))
}

/// The objects of all renderings of the control plane, with the file each is of.
pub(crate) fn rendered() -> Vec<(String, Vec<Object>)> {
    let of = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        (name, object::parse(&render_file(&file)))
    };
    tried().into_iter().map(of).collect()
}

/// What Helm says to values it refuses.
pub(crate) fn refusal(chart: Chart, values: &[&str]) -> String {
    let output = template(chart, sets(values));
    assert!(!output.status.success(), "{values:?} were taken");
    assert!(output.stdout.is_empty(), "{values:?} rendered something");
    String::from_utf8(output.stderr).unwrap()
}

pub(crate) fn helm<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    let home = env::temp_dir().join("vaultpilot-helm");
    Command::new(parts::helm())
        .args(arguments)
        // Nothing of the user's own Helm, and no cluster.
        .env("HELM_CACHE_HOME", home.join("cache"))
        .env("HELM_CONFIG_HOME", home.join("config"))
        .env("HELM_DATA_HOME", home.join("data"))
        .env("KUBECONFIG", home.join("none"))
        .output()
        .unwrap()
}

fn template<A: AsRef<OsStr>>(chart: Chart, more: impl IntoIterator<Item = A>) -> Output {
    let fixed = ["template", chart.name(), "--namespace", NAMESPACE].map(OsString::from);
    let more = more.into_iter().map(|one| one.as_ref().to_owned());
    helm(fixed.into_iter().chain([chart.folder().into()]).chain(more))
}

fn sets<'a>(values: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    values.iter().flat_map(|value| ["--set", value])
}

fn printed(output: Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "helm: {said}");
    String::from_utf8(output.stdout).unwrap()
}
