//! Kubernetes, etcd and `CoreDNS`, built from the modules pinned in `e2e/cluster`, and kubectl and
//! Helm, which come ready made.

use super::fault::Fault;
use crate::checkout::Checkout;
use crate::error::Error;
use crate::fetch;
use crate::process::{program, run, say};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(crate) struct Binaries {
    /// The programs of Kubernetes, and etcd.
    pub(crate) kubernetes: PathBuf,
    /// The version they call themselves, as `v1.2.3`.
    pub(crate) version: String,
}

const KUBERNETES: &str = "k8s.io/kubernetes";
const PROGRAMS: [&str; 6] = [
    "k8s.io/kubernetes/cmd/kube-apiserver",
    "k8s.io/kubernetes/cmd/kube-controller-manager",
    "k8s.io/kubernetes/cmd/kube-scheduler",
    "k8s.io/kubernetes/cmd/kubelet",
    "k8s.io/kubernetes/cmd/kube-proxy",
    "go.etcd.io/etcd/server/v3",
];
const COREDNS: &str = "github.com/coredns/coredns";

pub(crate) fn kubernetes(checkout: &Checkout) -> Result<Binaries, Error> {
    let manifest = checkout.path("e2e/cluster/kubernetes/go.mod");
    let text = fs::read_to_string(&manifest).map_err(Error::file("read", &manifest))?;
    let version = required(&text, KUBERNETES).ok_or(Fault::NoVersion {
        path: manifest,
        module: KUBERNETES,
    })?;
    let flags = version_flags(version);
    let kubernetes = build(checkout, "kubernetes", &flags, &PROGRAMS)?;
    Ok(Binaries {
        kubernetes,
        version: version.to_owned(),
    })
}

/// The DNS server's program.
pub(crate) fn coredns(checkout: &Checkout) -> Result<PathBuf, Error> {
    Ok(build(checkout, "coredns", "-s -w", &[COREDNS])?.join("coredns"))
}

/// The folder of kubectl and Helm.
pub(crate) fn kubectl(checkout: &Checkout) -> Result<PathBuf, Error> {
    fetch::kubectl(checkout)
}

/// The version of a module that a go.mod requires.
pub(super) fn required<'a>(manifest: &'a str, module: &str) -> Option<&'a str> {
    manifest.lines().find_map(|line| {
        let line = line.trim();
        let mut words = line.strip_prefix("require ").unwrap_or(line).split(' ');
        let version = (words.next()? == module).then(|| words.next())??;
        version.starts_with('v').then_some(version)
    })
}

/// Without these the server calls itself v0.0.0-master, and clients refuse it for its age.
pub(super) fn version_flags(version: &str) -> String {
    let mut numbers = version.trim_start_matches('v').split('.');
    let [major, minor] = [(); 2].map(|()| numbers.next().unwrap_or_default());
    let set = |name, value| format!(" -X k8s.io/component-base/version.{name}={value}");
    let [version, major, minor] = [
        set("gitVersion", version),
        set("gitMajor", major),
        set("gitMinor", minor),
    ];
    format!("-s -w{version}{major}{minor}")
}

fn build(
    checkout: &Checkout,
    kind: &'static str,
    linker: &str,
    programs: &[&str],
) -> Result<PathBuf, Error> {
    let source = format!("e2e/cluster/{kind}");
    fetch::made(
        checkout,
        kind,
        &source,
        &["go.mod", "go.sum"],
        linker,
        |folder| {
            say(&format!(
                "building {source} from its Go modules (minutes the first time)"
            ));
            for package in programs {
                go(checkout, folder, linker, package)?;
            }
            Ok(())
        },
    )
}

fn go(checkout: &Checkout, folder: &Path, linker: &str, package: &str) -> Result<(), Error> {
    run(program(checkout, "go")
        .current_dir(folder)
        // Static, and the same wherever the folder is.
        .env("CGO_ENABLED", "0")
        .args(["build", "-trimpath", "-mod=readonly", "-ldflags", linker])
        .args([
            OsStr::new("-o"),
            folder.join(file_name(package)).as_os_str(),
        ])
        .arg(package)
        .stdout(std::io::stderr()))
}

/// What Go would call the program; a last element like `v3` is the module's version.
pub(super) fn file_name(package: &str) -> &str {
    if package == "go.etcd.io/etcd/server/v3" {
        return "etcd";
    }
    package.rsplit('/').next().unwrap_or(package)
}
