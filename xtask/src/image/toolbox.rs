//! A shell and network tools in one static program, for tests that look from inside a pod.

use super::oci::{self, Entry, Image, Written};
use super::part::{USER, archives};
use crate::checkout::Checkout;
use crate::cluster::{Tool, ensure, tool};
use crate::error::Error;
use std::path::Path;

const NAME: &str = "docker.io/vaultpilot/toolbox:1";

pub(super) const BUSYBOX: Tool = tool("/bin/busybox", "busybox-static");

/// The names by which the program is called; each is another tool.
pub(super) const APPLETS: [&str; 31] = [
    "awk", "basename", "cat", "chmod", "cp", "cut", "date", "dirname", "echo", "env", "find",
    "grep", "head", "httpd", "id", "ls", "mkdir", "mv", "nc", "nslookup", "ps", "rm", "sed", "sh",
    "sleep", "sort", "tail", "touch", "tr", "wc", "wget",
];

pub(super) fn build(checkout: &Checkout) -> Result<Written, Error> {
    ensure(checkout, &[BUSYBOX])?;
    super::elf::require_static(Path::new(BUSYBOX.path))?;
    let image = Image {
        name: NAME.to_owned(),
        entries: tools("bin"),
        user: format!("{USER}:{USER}"),
        entrypoint: Vec::new(),
        command: vec!["/bin/sh".to_owned()],
        environment: vec!["PATH=/bin".to_owned()],
        labels: Vec::new(),
    };
    oci::write(&image, &archives(checkout)?.join("toolbox.tar"))
}

/// The program and its names, in a folder.
pub(super) fn tools(folder: &str) -> Vec<Entry> {
    let mut entries = vec![
        Entry::Folder {
            path: folder.to_owned(),
            mode: 0o755,
            owner: 0,
        },
        Entry::File {
            path: format!("{folder}/busybox"),
            mode: 0o555,
            from: BUSYBOX.path.into(),
        },
    ];
    entries.extend(APPLETS.map(|applet| Entry::Link {
        path: format!("{folder}/{applet}"),
        target: "busybox".to_owned(),
    }));
    entries
}
