//! `cargo xtask docs`: the site of the documentation, built strictly: a broken link fails.
//!
//! The builder writes beside its sources and refuses sources elsewhere, so it is given a copy in the
//! cache, and the checkout stays as it is. The pages' sources are put beside what is built of them,
//! because `llms.txt` points there: language models read Markdown.

use crate::checkout::Checkout;
use crate::error::Error;
use crate::fetch;
use crate::process::{program, run as finish, say};
use std::ffi::OsStr;
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
    let (sources, site) = (work.join("docs"), work.join("site"));
    copy(&checkout.path("docs"), &sources, &|_| true)?;
    copy(
        &checkout.path("mkdocs.yml"),
        &work.join("mkdocs.yml"),
        &|_| true,
    )?;
    let mut builder = program(checkout, python);
    builder
        .current_dir(&work)
        .args(["-m", "zensical", "build", "--strict"]);
    finish(&mut builder)?;
    copy(&sources, &site, &|file| {
        file.extension() == Some(OsStr::new("md"))
    })?;
    let index = site.join("llms.txt");
    let text = fs::read_to_string(&index).map_err(Error::file("read", &index))?;
    let broken: Vec<&str> = targets(&text)
        .filter(|target| !target.contains("://") && !site.join(target).is_file())
        .collect();
    for target in &broken {
        say(&format!("llms.txt links to {target}, which is not there"));
    }
    if !broken.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    say(&format!("built {}", site.join("index.html").display()));
    Ok(ExitCode::SUCCESS)
}

/// What the links of a Markdown text point to.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
}

/// Copies a file, or of a folder all files that are wanted.
fn copy(from: &Path, to: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<(), Error> {
    if !from.is_dir() {
        if wanted(from) {
            fs::copy(from, to).map_err(Error::file("copy", from))?;
        }
        return Ok(());
    }
    fs::create_dir_all(to).map_err(Error::file("make", to))?;
    for entry in fs::read_dir(from).map_err(Error::file("read", from))? {
        let entry = entry.map_err(Error::file("read", from))?;
        copy(&entry.path(), &to.join(entry.file_name()), wanted)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
