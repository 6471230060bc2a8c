//! `PostgreSQL` for trials and tests: Debian's files, with an entrypoint that takes the variables of
//! the official image, so that a chart works with either.

use super::oci::{self, Image, Written};
use super::part::archives;
use super::tree::Tree;
use super::{library, toolbox};
use crate::checkout::Checkout;
use crate::cluster::{Tool, ensure, tool};
use crate::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

const NAME: &str = "docker.io/vaultpilot/postgres:15";
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";
const MODULES: &str = "/usr/lib/postgresql/15/lib";
const SHARED: &str = "/usr/share/postgresql/15";
/// Of the official image that is made without Debian, and free in all of them.
const USER: u32 = 70;

const TOOLS: [Tool; 5] = [
    tool("/usr/lib/postgresql/15/bin/postgres", "postgresql-15"),
    tool("/usr/lib/postgresql/15/bin/psql", "postgresql-client-15"),
    tool("/usr/share/zoneinfo/UTC", "tzdata"),
    tool("/usr/lib/locale/C.utf8", "libc-bin"),
    toolbox::BUSYBOX,
];

/// initdb and the server want to know the name of who runs them: those of this image, of the
/// official ones, and of the product's.
const ACCOUNTS: &str = "\
root:x:0:0:root:/:/bin/sh
postgres:x:70:70:postgres:/var/lib/postgresql:/bin/sh
postgres-debian:x:999:999:postgres:/var/lib/postgresql:/bin/sh
nonroot:x:65532:65532:nonroot:/:/bin/sh
";
const GROUPS: &str = "root:x:0:\npostgres:x:70:\npostgres-debian:x:999:\nnonroot:x:65532:\n";

pub(super) fn build(checkout: &Checkout) -> Result<Written, Error> {
    ensure(checkout, &TOOLS)?;
    let script = checkout.path("e2e/cluster/postgres/entrypoint.sh");
    let script = fs::read_to_string(&script).map_err(Error::file("read", script))?;
    let image = Image {
        name: NAME.to_owned(),
        entries: files(checkout, script)?.into_entries(),
        user: format!("{USER}:{USER}"),
        entrypoint: vec!["/usr/local/bin/docker-entrypoint.sh".to_owned()],
        command: vec!["postgres".to_owned()],
        environment: [
            "PATH=/usr/local/bin:/usr/lib/postgresql/15/bin:/bin",
            "PGDATA=/var/lib/postgresql/data",
            "LANG=C.UTF-8",
        ]
        .map(String::from)
        .into(),
        labels: Vec::new(),
    };
    oci::write(&image, &archives(checkout)?.join("postgres.tar"))
}

fn files(checkout: &Checkout, script: String) -> Result<Tree, Error> {
    let mut tree = Tree::default();
    toolbox::shell(&mut tree);
    tree.copy_folder(Path::new(PROGRAMS), &|_| true)?;
    tree.copy_folder(Path::new(MODULES), &is_wanted_module)?;
    tree.copy_folder(Path::new(SHARED), &|path| {
        path.file_name() != Some(OsStr::new("man"))
    })?;
    tree.copy_folder(Path::new("/usr/share/zoneinfo"), &|_| true)?;
    tree.copy_folder(Path::new("/usr/lib/locale/C.utf8"), &|_| true)?;
    library::add(checkout, &mut tree)?;
    tree.text("usr/local/bin/docker-entrypoint.sh", 0o555, script);
    tree.text("etc/passwd", 0o444, ACCOUNTS);
    tree.text("etc/group", 0o444, GROUPS);
    tree.folder("docker-entrypoint-initdb.d", 0o755, 0);
    tree.folder("tmp", 0o1777, 0);
    // Others than the image's own user find them writable too, as in the official image.
    for path in ["var/lib/postgresql/data", "var/run/postgresql"] {
        tree.folder(path, 0o1777, USER);
    }
    Ok(tree)
}

/// Without the compiler for queries: it is larger than all the rest.
fn is_wanted_module(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    !name.starts_with("llvmjit") && !matches!(name, "bitcode" | "pgxs" | "sepgsql.so")
}
