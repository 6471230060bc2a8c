//! The two images a cluster itself needs.

use super::oci::{self, Entry, Image, Written};
use crate::checkout::Checkout;
use crate::cluster::{PAUSE_IMAGE, coredns, ensure_pause_tools};
use crate::error::Error;
use crate::fetch;
use crate::process::{program, run};
use std::env::consts::ARCH;
use std::fs;
use std::path::{Path, PathBuf};

/// The user of every image.
pub(super) const USER: u32 = 65532;

/// What holds a pod's namespaces.
pub(crate) fn pause(checkout: &Checkout) -> Result<Written, Error> {
    let source = fetch::made(
        checkout,
        "pause",
        "e2e/cluster/pause",
        &["pause.c"],
        ARCH,
        |folder| {
            ensure_pause_tools(checkout)?;
            run(program(checkout, "gcc").current_dir(folder).args([
                "-static", "-Os", "-s", "-Wall", "-Wextra", "-Werror", "-o", "pause", "pause.c",
            ]))
        },
    )?;
    let image = one_binary(
        PAUSE_IMAGE.into(),
        "pause",
        &source.join("pause"),
        Vec::new(),
    );
    oci::write(&image, &archives(checkout)?.join("pause.tar"))
}

/// The cluster's DNS server.
pub(crate) fn dns(checkout: &Checkout) -> Result<Written, Error> {
    let name = "docker.io/vaultpilot/coredns:1".into();
    let image = one_binary(name, "coredns", &coredns(checkout)?, Vec::new());
    oci::write(&image, &archives(checkout)?.join("coredns.tar"))
}

/// An image of nothing but one static program.
pub(super) fn one_binary(
    name: String,
    binary: &str,
    from: &Path,
    labels: Vec<(&'static str, String)>,
) -> Image {
    Image {
        name,
        entries: vec![Entry::File {
            path: binary.to_owned(),
            mode: 0o555,
            from: from.to_path_buf(),
        }],
        user: format!("{USER}:{USER}"),
        entrypoint: vec![format!("/{binary}")],
        command: Vec::new(),
        environment: Vec::new(),
        labels,
    }
}

/// Where the archives are.
pub(super) fn archives(checkout: &Checkout) -> Result<PathBuf, Error> {
    let folder = checkout.cache().join("images");
    fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
    Ok(folder)
}
