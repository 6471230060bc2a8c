//! `cargo xtask docs`: the site of the documentation, built strictly: a broken link fails.
//!
//! The builder writes beside its sources and refuses sources elsewhere, so it is given a copy in the
//! cache, and the checkout stays as it is.

use crate::checkout::Checkout;
use crate::error::Error;
use crate::fetch;
use crate::process::{program, run as finish, say};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(checkout: &Checkout) -> Result<ExitCode, Error> {
    let python = fetch::site(checkout)?;
    let work = checkout.cache().join("docs-site");
    match fs::remove_dir_all(&work) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::file("remove", work)(source));
        }
        _ => {}
    }
    copy(&checkout.path("docs"), &work.join("docs"))?;
    copy(&checkout.path("mkdocs.yml"), &work.join("mkdocs.yml"))?;
    let mut builder = program(checkout, python);
    builder
        .current_dir(&work)
        .args(["-m", "zensical", "build", "--strict"]);
    finish(&mut builder)?;
    say(&format!("built {}", work.join("site/index.html").display()));
    Ok(ExitCode::SUCCESS)
}

/// Copies a file, or a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    if !from.is_dir() {
        fs::copy(from, to).map_err(Error::file("copy", from))?;
        return Ok(());
    }
    fs::create_dir_all(to).map_err(Error::file("make", to))?;
    for entry in fs::read_dir(from).map_err(Error::file("read", from))? {
        let entry = entry.map_err(Error::file("read", from))?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
