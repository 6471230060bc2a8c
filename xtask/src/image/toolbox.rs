//! A shell and network tools, for tests that look from inside a pod.

use super::library;
use super::oci::{self, Entry, Image, Written};
use super::part::{USER, archives};
use super::tree::Tree;
use crate::checkout::Checkout;
use crate::cluster::{Tool, ensure, tool};
use crate::error::Error;
use std::path::Path;

const NAME: &str = "docker.io/vaultpilot/toolbox:1";

/// A shell and its tools in one static program. It looks up no names, for want of shared
/// libraries: that is curl's part.
pub(super) const BUSYBOX: Tool = tool("/bin/busybox", "busybox-static");
const CURL: Tool = tool("/usr/bin/curl", "curl");
/// Looks up names as programs do, by the C library.
const GETENT: Tool = tool("/usr/bin/getent", "libc-bin");

/// The names by which busybox is called; each is another tool.
const APPLETS: [&str; 36] = [
    "awk", "basename", "cat", "chmod", "cp", "cut", "date", "dirname", "echo", "env", "find",
    "grep", "head", "httpd", "id", "kill", "ls", "mkdir", "mktemp", "mv", "nc", "nslookup", "od",
    "ps", "rm", "sed", "sh", "sleep", "sort", "stat", "tail", "timeout", "touch", "tr", "wc",
    "xargs",
];

pub(super) fn build(checkout: &Checkout) -> Result<Written, Error> {
    ensure(checkout, &[BUSYBOX, CURL, GETENT])?;
    super::elf::require_static(Path::new(BUSYBOX.path))?;
    let mut tree = Tree::default();
    shell(&mut tree);
    tree.copy(Path::new(CURL.path))?;
    tree.copy(Path::new(GETENT.path))?;
    library::add(checkout, &mut tree)?;
    tree.folder("tmp", 0o1777, 0);
    let image = Image {
        name: NAME.to_owned(),
        entries: tree.into_entries(),
        user: format!("{USER}:{USER}"),
        entrypoint: Vec::new(),
        command: vec!["/bin/sh".to_owned()],
        environment: vec!["PATH=/usr/bin:/bin".to_owned()],
        labels: Vec::new(),
    };
    oci::write(&image, &archives(checkout)?.join("toolbox.tar"))
}

/// The shell and its tools, in `bin`.
pub(super) fn shell(tree: &mut Tree) {
    tree.add(Entry::File {
        path: "bin/busybox".to_owned(),
        mode: 0o555,
        from: BUSYBOX.path.into(),
    });
    for applet in APPLETS {
        tree.add(Entry::Link {
            path: format!("bin/{applet}"),
            target: "busybox".to_owned(),
        });
    }
}
