//! The Postgres server that tests start: the machine's own, from Debian when there is none.

use crate::checkout::Checkout;
use crate::error::Error;
use crate::process::{program, run, say};
use std::path::{Path, PathBuf};

/// Debian installs versions side by side.
const VERSIONS: &str = "/usr/lib/postgresql";
const OLDEST: u32 = 15;

/// The folder with `initdb` and `postgres`.
pub(crate) fn programs(checkout: &Checkout) -> Result<PathBuf, Error> {
    if let Some(folder) = newest(Path::new(VERSIONS)) {
        return Ok(folder);
    }
    if rustix::process::geteuid().is_root() && Path::new("/usr/bin/apt-get").exists() {
        say("installing postgresql from Debian");
        let apt = |arguments: &[&str]| {
            run(program(checkout, "apt-get")
                .env("DEBIAN_FRONTEND", "noninteractive")
                // The package would start a server of its own.
                .env("RUNLEVEL", "1")
                .args(["--quiet", "--yes"])
                .args(arguments)
                .stdout(std::io::stderr()))
        };
        apt(&["update"])?;
        apt(&["install", "--no-install-recommends", "postgresql"])?;
    }
    newest(Path::new(VERSIONS)).ok_or(Error::Missing {
        program: "PostgreSQL".to_owned(),
        advice: "install postgresql, version 15 or newer",
    })
}

pub(super) fn newest(versions: &Path) -> Option<PathBuf> {
    std::fs::read_dir(versions)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|version| *version >= OLDEST)
        .map(|version| (version, versions.join(version.to_string()).join("bin")))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max()
        .map(|(_, folder)| folder)
}
