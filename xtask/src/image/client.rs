//! The containerd of a cluster, asked by its own command line.

use super::oci::Written;
use crate::checkout::Checkout;
use crate::cluster::Place;
use crate::error::Error;
use crate::process::{program, run};
use std::path::PathBuf;
use std::process::{Command, Stdio};

#[derive(Debug)]
pub(crate) struct Client<'a> {
    checkout: &'a Checkout,
    socket: PathBuf,
}

pub(crate) fn client<'a>(checkout: &'a Checkout, place: &Place) -> Client<'a> {
    Client {
        checkout,
        socket: place.socket(),
    }
}

impl Client<'_> {
    fn images(&self) -> Command {
        let mut command = program(self.checkout, "ctr");
        command
            .arg("--address")
            .arg(&self.socket)
            // The namespace in which kubelet looks.
            .args(["--namespace", "k8s.io", "images"])
            .stdout(Stdio::null());
        command
    }

    pub(crate) fn answers(&self) -> bool {
        let mut list = self.images();
        list.args(["list", "--quiet"]).stderr(Stdio::null());
        list.status().is_ok_and(|status| status.success())
    }

    /// Brings an image under its name and under its exact reference.
    pub(crate) fn import(&self, image: &Written) -> Result<(), Error> {
        run(self.images().arg("import").arg(&image.archive))?;
        run(self
            .images()
            .args(["tag", "--force", &image.name, &image.exact()]))
    }
}
