//! Why a cluster, or an image for it, could not be had.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("a cluster needs Linux and root: namespaces, cgroups and mounts are made")]
    NotRoot,
    #[error(
        "`{0}` is no name for a cluster: 1 to 20 of a-z, 0-9 and -, beginning with a letter, not \
         ending with -"
    )]
    Name(String),
    #[error("{} is not on this machine and `apt-get install {package}` did not bring it", path.display())]
    NoTool {
        path: PathBuf,
        package: &'static str,
    },
    #[error(
        "{} is too long for the sockets below it ({length} of {limit} bytes): set VAULTPILOT_CACHE \
         to a shorter folder",
        path.display()
    )]
    LongPath {
        path: PathBuf,
        length: usize,
        limit: usize,
    },
    #[error("{0} clusters are up already, each with its own subnets: take one down")]
    Crowded(u8),
    #[error("{} names no requirement of {module}", path.display())]
    NoVersion { path: PathBuf, module: &'static str },
    #[error("{} is not the record of a cluster: `cargo xtask cluster down` clears it away", path.display())]
    Record {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    #[error("{part} ended soon after its start; the last lines of {}:\n{tail}", log.display())]
    PartEnded {
        part: &'static str,
        log: PathBuf,
        tail: String,
    },
    #[error("{what} did not come about within {seconds} s; logs are in {}", logs.display())]
    Late {
        what: &'static str,
        seconds: u64,
        logs: PathBuf,
    },
    #[error("{} is still there: {what}", path.display())]
    Left { path: PathBuf, what: &'static str },
    #[error("the answer of {program} is not what was expected")]
    Answer {
        program: &'static str,
        source: serde_json::Error,
    },
    #[error("no cluster `{0}` is up: `cargo xtask cluster up` starts one")]
    Down(String),
    #[error(
        "KUBECONFIG is set, so {} is used and images are its own matter: push them to a registry \
         that it pulls from (the Dockerfile makes the same layout)",
        .0.display()
    )]
    Foreign(PathBuf),
    #[error("there is no package {package} in this workspace, which {image} is made of")]
    NoPackage {
        image: &'static str,
        package: &'static str,
    },
    #[error("{} needs the interpreter {interpreter}: it is not static", path.display())]
    NotStatic { path: PathBuf, interpreter: String },
    #[error("the library {0} is not on this machine")]
    NoLibrary(String),
    #[error(
        "a cluster `{0}` was started with another VAULTPILOT_CACHE: use that, or another --name, or \
         `cargo xtask cluster down --name {0}`"
    )]
    Elsewhere(String),
}
